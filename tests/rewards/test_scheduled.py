"""Terms that come with time."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.group_length import GroupLength
from menolab.rewards.scheduled import Scheduled
from menolab.rewards.token_repetition import TokenRepetition
from menolab.schedules import Constant
from reward_cases import group

ROWS = group(("right", 1), ("right", 3), ("unsure", 1))


def test_kimi_s_penalty_starts_half_way() -> None:
    assert [Scheduled()(ROWS, p) for p in (0.0, 0.49)] == [[0.0, 0.0, None]] * 2
    assert [Scheduled()(ROWS, p) for p in (0.5, 1.0)] == [list(GroupLength()(ROWS, 0.0))] * 2


def test_any_schedule_of_any_term() -> None:
    assert Scheduled(Accuracy(), Constant(warmup=0.5))(ROWS, 0.25) == [0.5, 0.5, None]
    with pytest.raises(BadInput, match="Scheduled would lose"):
        Scheduled(TokenRepetition())

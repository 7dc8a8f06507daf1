"""Characters that no text has."""

from __future__ import annotations

import pytest

from menolab.records import Group, Problem, Rollout
from menolab.rewards.garbled import Garbled


@pytest.mark.parametrize(
    ("text", "score"),
    [("", 0.0), ("2 + 2 = 4\n\tso é 中 ∫ 🙂", 0.0), ("ab\ufffd\ufffd", -0.5), ("\x00\x07", -1.0), ("abc\ue000", -0.25), ("a\u0378", -0.5), ("a\ud800", -0.5)],
)
def test_the_share_of_such_characters_is_lost(text: str, score: float) -> None:
    group = Group(Problem("p", "t", "?", "1"), (Rollout((1,), (2,), (-0.1,), text, "stop"),))
    assert Garbled()(group, 0.0) == [score]

"""Terms on another scale."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.adaptive_target import AdaptiveTarget
from menolab.rewards.length_target import LengthTarget
from menolab.rewards.scaled import Scaled
from menolab.rewards.token_repetition import TokenRepetition
from reward_cases import group


def test_it_is_a_line_through_both_ends() -> None:
    rows = group(("right", 1), ("wrong", 1), ("unsure", 1))
    assert Scaled(Accuracy(), -2.0, 3.0)(rows, 0.0) == [3.0, -2.0, None]


def test_what_is_inside_sees_the_batch() -> None:
    fitted = Scaled(AdaptiveTarget()).fitted([group(("right", 1))], 0.0)
    assert isinstance(fitted, Scaled) and isinstance(fitted.term, LengthTarget)


def test_terms_that_reward_tokens_are_refused() -> None:
    with pytest.raises(BadInput, match="Scaled would lose"):
        Scaled(TokenRepetition())

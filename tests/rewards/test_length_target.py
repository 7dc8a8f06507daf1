"""LASER: a step at the target length."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.rewards.length_target import LengthTarget, difficulty, loops
from reward_cases import group


def test_a_bonus_for_right_and_short_only() -> None:
    rows = group(("right", 0), ("right", 50), ("right", 51), ("wrong", 10), ("wrong", 90), ("none", 100), ("unsure", 1))
    assert LengthTarget()(rows, 0.0) == [0.5, 0.5, 0.0, 0.0, 0.0, 0.0, None]


LEVELS = [(6, "easy", 10), (4, "easy", 10), (3, "medium", 20), (2, "medium", 20), (1, "hard", 30), (0, "hard", 30)]


@pytest.mark.parametrize(("rights", "level", "within"), LEVELS)
def test_the_target_depends_on_how_many_are_right(rights: int, level: str, within: int) -> None:
    rows = group(*[("right", 15)] * rights, *[("wrong", 25)] * (6 - rights))
    assert difficulty(rows) == level
    expected = [0.5 * (within >= 15)] * rights + [0.5 * (within < 25)] * (6 - rights)
    assert LengthTarget(0.1, 0.2, 0.3, explore=True)(rows, 0.0) == expected


def test_exploring_is_not_going_round_in_circles() -> None:
    rows = group(("wrong", [1, 2, 3, 4] * 20), ("wrong", 80), ("wrong", 20), ("none", 80), ("right", [1] * 80))
    assert LengthTarget(explore=True)(rows, 0.0) == [0.0, 0.5, 0.0, 0.0, 0.0]
    assert LengthTarget()(rows, 0.0) == [0.0] * 5


def test_a_circle_is_three_times_the_same() -> None:
    assert loops([1, 2, 9, 1, 2, 8, 1, 2], 2) and not loops([1, 2, 9, 1, 2], 2) and not loops([], 2) and not loops([1, 1, 1], 2)


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="medium"):
        LengthTarget(medium=1.5)

"""Kimi k1.5's length penalty: a place between the shortest and the longest."""

from __future__ import annotations

from random import Random

import pytest

from menolab.rewards.group_length import GroupLength
from reward_cases import group


@pytest.mark.parametrize("seed", range(5))
def test_against_plain_python(seed: int) -> None:
    rng = Random(seed)
    rows = [(rng.choice(["right", "wrong"]), rng.randint(0, 100)) for _ in range(6)]
    low, high = min(n for _, n in rows), max(n for _, n in rows)
    expected = [(lam if label == "right" else min(0.0, lam)) for label, lam in ((label, 0.5 - (n - low) / (high - low)) for label, n in rows)]
    assert GroupLength()(group(*rows), 0.0) == pytest.approx(expected)


def test_only_right_ones_gain_and_equal_lengths_are_worth_nothing() -> None:
    assert GroupLength()(group(("right", 10), ("wrong", 10), ("right", 30), ("wrong", 30), ("unsure", 20)), 0.0) == [0.5, 0.0, -0.5, -0.5, None]
    assert GroupLength()(group(("right", 10), ("wrong", 10)), 0.0) == [0.0, 0.0] and GroupLength()(group(("right", 10)), 0.0) == [0.0]

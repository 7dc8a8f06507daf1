"""The share of n-grams that are not new."""

from __future__ import annotations

import pytest

from menolab.rewards.repetition import Repetition
from reward_cases import group


def test_share_of_repeats() -> None:
    rows = group(("right", [1, 2, 3, 4]), ("wrong", [1, 2, 1, 2, 1, 2]), ("none", [1, 1]), ("right", []), ("unsure", [7] * 12))
    # 3-grams: 2 distinct of 2; 121, 212 of four; none; none; one of ten.
    assert Repetition(3)(rows, 0.0) == pytest.approx([0.0, -0.5, 0.0, 0.0, -0.9])


def test_more_repetition_costs_more() -> None:
    values = [float(v or 0.0) for v in Repetition(2)(group(*(("right", [1, 2, 3, 4] * k) for k in range(1, 6))), 0.0)]
    assert values == sorted(values, reverse=True) and values[0] == 0.0 > values[1] and values[-1] > -1.0

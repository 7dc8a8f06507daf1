"""Observe-R1's bonus: one a group."""

from __future__ import annotations

import itertools
import random

import pytest

from judged import judged
from menolab.rewards.shortest_right import ShortestRight


def test_the_shortest_right_response_and_no_other() -> None:
    group = judged(("", "wrong", 3), ("", "right", 30), ("", "right", 20), ("", "undecided", 5), ("", "right", 20))
    assert ShortestRight(0.1)(group, 0.0) == [0.0, 0.0, 1.0, 0.0, 0.0]


def test_no_bonus_for_the_too_short_nor_for_the_wrong() -> None:
    assert ShortestRight(0.1)(judged(("", "right", 10), ("", "right", 30)), 0.0) == [0.0, 0.0], "not the second shortest either"
    assert ShortestRight(0.1)(judged(("", "wrong", 30), ("", "undecided", 40)), 0.0) == [0.0, 0.0]


@pytest.mark.parametrize("seed", range(20))
def test_at_most_one_a_group(seed: int) -> None:
    rng = random.Random(seed)
    rows = [("", rng.choice(["right", "wrong"]), rng.randint(1, 12)) for _ in range(6)]
    right = [n for _, label, n in rows if label == "right"]
    paid = ShortestRight(0.03)(judged(*rows), 0.0)
    assert sum(v or 0.0 for v in paid) == float(bool(right) and min(right) > 3)
    assert all(label == "right" and n == min(right) for (_, label, n), v in itertools.compress(zip(rows, paid, strict=True), paid))

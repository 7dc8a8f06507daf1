"""AutoThink's stage 3: short right ones, long wrong ones."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from judged import judged
from menolab.rewards.relative_length import RelativeLength


@pytest.mark.parametrize("seed", range(10))
def test_formula(seed: int) -> None:
    rng = random.Random(seed)
    rows = [("", rng.choice(["right", "wrong"]), rng.randint(1, 90)) for _ in range(8)]
    expected = []
    for _, label, n in rows:
        own = [m for _, other, m in rows if other == label]
        if len(own) == 1:
            expected.append(0.0)
            continue
        mean = math.fsum(own) / len(own)
        deviation = math.sqrt(math.fsum((m - mean) ** 2 for m in own) / (len(own) - 1))
        z = (n - mean) / max(deviation, 1e-6)
        expected.append(-1 + math.exp(-0.2 * z) if label == "right" else 1 - math.exp(-0.4 * z))
    assert RelativeLength(0.2, 0.4)(judged(*rows), 0.0) == pytest.approx(expected)


def test_short_right_ones_and_long_wrong_ones_gain() -> None:
    got = RelativeLength()(judged(("", "right", 10), ("", "right", 90), ("", "wrong", 10), ("", "wrong", 90), ("", "undecided", 5)), 0.0)
    short, long, hasty, patient = (v or 0.0 for v in got[:4])
    assert short > 0 > long and patient > 0 > hasty and got[4] is None
    assert RelativeLength()(judged(("", "right", 10), ("", "right", 10), ("", "wrong", 3)), 0.0) == [0.0, 0.0, 0.0], "equal lengths, and one alone"


def test_hints_do_not_count() -> None:
    group = judged(("", "right", 10), ("", "right", 16))
    assert RelativeLength()(group.with_rollouts((group.rollouts[0], replace(group.rollouts[1], given=6))), 0.0) == [0.0, 0.0]

"""Points against everybody else."""

from __future__ import annotations

from math import inf, sqrt
from random import Random

import pytest

from menolab.rewards.pairwise_brevity import PairwiseBrevity
from reward_cases import group


def _points(rows: list[tuple[bool, float]], margin: float = 10.0) -> list[float]:
    """Every pair compared, as the row of the paper's table says it."""
    found = []
    for i, (right, tokens) in enumerate(rows):
        total = 0.0
        for j, (other_right, other) in enumerate(rows):
            if i == j or (not right and not other_right):
                continue
            if right != other_right:
                total += margin if right else -margin
            elif other != tokens:
                total += 1.0 if other > tokens else -1.0
        found.append(total)
    return found


@pytest.mark.parametrize("seed", range(10))
def test_against_plain_python(seed: int) -> None:
    rng = Random(seed)
    rows = [(rng.random() < 0.5, float(rng.randint(0, 6))) for _ in range(rng.randint(1, 8))]
    points = _points([*rows, (False, 0.0), (True, inf)])
    mean = sum(points) / len(points)
    scale = sqrt(sum((p - mean) ** 2 for p in points) / (len(points) - 1)) + 1e-6
    got = PairwiseBrevity()(group(*(("right" if right else "wrong", int(n)) for right, n in rows)), 0.0)
    assert got == pytest.approx([(p - mean) / scale for p in points[:-2]], abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_every_right_one_outranks_every_wrong_one(seed: int) -> None:
    rng = Random(seed)
    rows = [(rng.choice(["right", "wrong", "none"]), rng.randint(0, 100)) for _ in range(16)]
    values = PairwiseBrevity(margin=1.0)(group(*rows), 0.0)
    pairs = list(zip(rows, values, strict=True))
    worst = min((v for (label, _), v in pairs if label == "right" and v is not None), default=inf)
    assert all(v is not None and v < worst for (label, _), v in pairs if label != "right")


def test_only_the_order_of_lengths_counts() -> None:
    rows = [("right", 3), ("right", 7), ("wrong", 2), ("right", 7)]
    assert PairwiseBrevity()(group(*rows), 0.0) == PairwiseBrevity()(group(*((label, n**2 + 1) for label, n in rows)), 0.0)


def test_all_right_is_good_and_the_shorter_the_better_all_wrong_is_bad() -> None:
    fine = PairwiseBrevity()(group(("right", 10), ("right", 20), ("right", 30)), 0.0)
    first, second, third = (v or 0.0 for v in fine)
    assert first > second > third > 0.0
    wrong, none, unsure = PairwiseBrevity()(group(("wrong", 10), ("none", 20), ("unsure", 5)), 0.0)
    assert wrong == none and wrong is not None and wrong < 0.0 and unsure is None

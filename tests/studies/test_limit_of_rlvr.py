from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.studies.desk import Desk
from menolab.studies.limit_of_rlvr import LimitOfRlvr, crossing, crossing_estimate, ks, sets, within
from menolab.studies.study import carry_out
from menolab.studies.subject import Subject
from studies.simulated import bernoulli, subjects


def sharpened(p: np.ndarray) -> np.ndarray:
    """A policy sharpened toward its own modes: chances are squared against those of failing, as half the temperature does."""
    return p**3 / (p**3 + (1 - p) ** 3 * 0.05)


CHANCES = np.concatenate([np.full(15, 0.55), np.full(15, 0.3), np.full(15, 0.04)])


def test_sharpening_raises_pass_1_and_the_curves_cross(tmp_path: Path):
    """The row's condition: pass@1 rises, the curves cross, and what the sharpened policy solves is nearly a subset."""
    before, after = bernoulli(CHANCES, 32, 0), bernoulli(sharpened(CHANCES), 32, 1)
    found = LimitOfRlvr()(subjects(before, after), Desk(tmp_path))
    n = found.numbers
    assert n["pass@1 difference"].low > 0.1 and n["pass@32 difference"].high < 0
    assert n["crossing k"].low >= 2 and n["crossing k"].high <= 32, "an interval within what was sampled"
    assert n["solved before too"].mean > 0.97
    assert "overtakes at k" in found.verdict and "perplexity of after" not in n, "no model to ask"


def test_a_model_that_learnt_more_does_not_cross(tmp_path: Path):
    found = LimitOfRlvr()(subjects(bernoulli(CHANCES, 32, 0), bernoulli(CHANCES * 0.5 + 0.5, 32, 1)), Desk(tmp_path))
    assert found.numbers["crossing k"].mean == 33 and "do not cross up to k = 32" in found.verdict
    assert found.numbers["solved before too"].mean < 1


def oracle_crossing(before: list[float], after: list[float]) -> int | None:
    for k in range(1, len(before) + 1):
        tail = list(zip(before[k - 1 :], after[k - 1 :], strict=True))
        if all(a >= b - 1e-12 for a, b in tail) and any(a > b + 1e-12 for a, b in tail):
            return k
    return None


def test_crossing_is_as_defined():
    rng = np.random.default_rng(3)
    for _ in range(300):
        a, b = (np.round(np.sort(rng.random(6)), 1) for _ in range(2))
        assert crossing(a, b) == oracle_crossing(a.tolist(), b.tolist())
    assert crossing(np.array([0.1, 1.0]), np.array([0.5, 1.0])) is None, "meeting at 1 is no crossing"
    assert crossing(np.array([0.5, 0.6]), np.array([0.4, 0.6])) == 1


def test_the_crossings_interval_says_what_was_not_reached():
    flat = np.full((20, 4), 0.5)
    estimate, crosses = crossing_estimate(flat, flat + 0.1, Key.root(0))
    assert (estimate.mean, estimate.low, estimate.high, crosses) == (5, 5, 5, 0.0)


def test_sets_are_those_of_python():
    before, after = bernoulli(np.full(50, 0.2), 4, 0), bernoulli(np.full(50, 0.2), 4, 1)
    cells = sets(before, after)
    a, b = ({i for i, line in enumerate(t.tolist()) if True in line} for t in (before, after))
    assert [set(np.flatnonzero(cells[name])) for name in cells] == [a & b, a - b, b - a, set(range(50)) - a - b]


def test_the_curve_is_the_mean_over_all_subsets(tmp_path: Path):
    before, after = bernoulli(np.full(3, 0.4), 5, 0), bernoulli(np.full(3, 0.6), 5, 1)
    found = LimitOfRlvr()(subjects(before, after), Desk(tmp_path))
    k2 = next(row for row in found.tables[1].rows if row[0] == 2)
    by_hand = np.mean([np.mean([any(line[i] for i in chosen) for chosen in combinations(range(5), 2)]) for line in before.tolist()])
    assert k2[1].mean == pytest.approx(by_hand)
    assert ks(5) == [1, 2, 4, 5] and ks(8) == [1, 2, 4, 8]


def test_within_the_range():
    own = np.arange(100, dtype=float).reshape(50, 2)
    other = np.array([[0.0, 94.0], [95.0, math.nan]])
    assert np.array_equal(within(own, other), [[1, 1], [0, math.nan]], equal_nan=True)


def test_results_that_were_not_sampled_alike_are_refused(tmp_path: Path):
    a, b = subjects(np.ones((4, 4)), np.ones((5, 4)))
    with pytest.raises(BadInput, match="problems"):
        LimitOfRlvr()([a, b], Desk(tmp_path))
    with pytest.raises(BadInput, match="needs 2 models"):
        carry_out(LimitOfRlvr(), [a], Desk(tmp_path))


def test_only_the_two_models_that_are_compared_are_drawn(tmp_path: Path):
    def never():
        raise AssertionError("drawn")

    before, after = subjects(bernoulli(np.full(6, 0.4), 4, 0), bernoulli(np.full(6, 0.6), 4, 1))
    found = LimitOfRlvr(scored=0)([Subject("base", engine=never), before, after], Desk(tmp_path))
    assert [series.label for series in found.charts[0].series] == ["before", "after"]
    (base,) = subjects(np.zeros((6, 4)), labels=("base",))
    found = LimitOfRlvr(scored=0)([base, before, after], Desk(tmp_path))
    assert [series.label for series in found.charts[0].series] == ["base", "before", "after"]

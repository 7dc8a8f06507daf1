"""ICR and CIR: a transition table by hand, the identity, and rates over nothing."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.metrics.tables import row
from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.metrics.self_correction import SelfCorrection, transitions
from menolab.keys import Key


def test_a_transition_table_by_hand():
    # (first, final): three wrong -> right, two wrong -> wrong, one right -> wrong, four right -> right; one sample without a first answer.
    pairs = [("wrong", 1)] * 3 + [("wrong", 0)] * 2 + [("right", 0)] + [("right", 1)] * 4 + [(None, 1)] + [("undecided", 0)]
    rows = [row(f"{i}", 0, first=first, label="right" if final else "wrong") for i, (first, final) in enumerate(pairs)]
    found = {name: e.mean for name, e in SelfCorrection()(Table(rows, 1, Key.root(0))).items() if e is not None}
    assert found == pytest.approx({"icr": 3 / 6, "cir": 1 / 5, "first_right": 5 / 11, "final_right": 7 / 11})


@pytest.mark.parametrize("seed", range(5))
def test_the_identity_holds(seed: int):
    rng = np.random.default_rng(seed)
    first, final = rng.integers(0, 2, (12, 5)).astype(float), rng.integers(0, 2, (12, 5)).astype(float)
    first[rng.random((12, 5)) < 0.2] = np.nan
    f = {name: e.mean for name, e in transitions(first, final, Key.root(0)).items() if e is not None}
    assert f["final_right"] - f["first_right"] == pytest.approx((1 - f["first_right"]) * f["icr"] - f["first_right"] * f["cir"])


def test_a_rate_over_nothing_is_not_known():
    found = transitions(np.ones((3, 2)), np.ones((3, 2)), Key.root(0))
    assert found["icr"] is None and found["cir"] is not None and found["cir"].mean == 0.0
    assert set(transitions(np.full((3, 2), np.nan), np.ones((3, 2)), Key.root(0)).values()) == {None}


def test_first_answers_are_looked_for_when_a_metric_asks():
    plain = evaluate(FakeEngine(), Sums(), sums(4), Decoding(), 2, Key.root(0))
    asked = evaluate(FakeEngine(), Sums(), sums(4), Decoding(), 2, Key.root(0), metrics=(SelfCorrection(),))
    assert {r.first for r in plain.rows} == {None}
    assert [r.first for r in asked.rows] == [r.label for r in asked.rows], "the fake states one answer"
    assert asked.record.metrics["icr"] is None or asked.record.metrics["icr"].mean == 0.0

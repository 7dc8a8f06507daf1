"""Calibration by hand, against plain formulas, and through its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from evaluation.metrics.tables import row
from menolab.evaluation.metrics.calibration import Calibration, auroc, expected_calibration_error, spoken_confidence
from menolab.evaluation.metrics.metric import Table
from menolab.keys import Key


def test_expected_calibration_error_by_hand():
    sure, right = np.array([0.95, 0.91, 0.15, 1.0]), np.array([1.0, 0.0, 0.0, 1.0])
    # The last bin holds 0.95, 0.91 and 1.0: accuracy 2/3, confidence 2.86/3; the second one 0.15.
    want = 3 / 4 * abs(2 / 3 - 2.86 / 3) + 1 / 4 * 0.15
    assert expected_calibration_error(sure, right, np.ones(4), 10) == pytest.approx(want)
    doubled = expected_calibration_error(np.tile(sure, 2), np.tile(right, 2), np.ones(8), 10)
    assert expected_calibration_error(sure, right, np.full(4, 2.0), 10) == pytest.approx(doubled)


def test_area_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(0)
    sure, right = rng.integers(0, 6, 60) / 5, rng.integers(0, 2, 60).astype(float)
    pairs = [(a > b) + (a == b) / 2 for a, x in zip(sure, right, strict=True) for b, y in zip(sure, right, strict=True) if x == 1 and y == 0]
    assert auroc(sure, right, np.ones(60)) == pytest.approx(np.mean(pairs))
    u = stats.mannwhitneyu(sure[right == 1], sure[right == 0])
    assert auroc(sure, right, np.ones(60)) == pytest.approx(u[0] / (right.sum() * (1 - right).sum()))
    assert math.isnan(auroc(sure, np.ones(60), np.ones(60)))


def test_a_model_that_knows_and_one_that_does_not():
    rng = np.random.default_rng(1)
    knows, guesses = [], []
    for p in range(60):
        for s in range(4):
            sure = float(rng.uniform(0.05, 0.95))
            label = "right" if rng.random() < sure else "wrong"
            knows.append(row(f"{p}", s, surprise=-math.log(sure), label=label))
            guesses.append(row(f"{p}", s, surprise=-math.log(float(rng.uniform(0.8, 1))), label=label))
    good, bad = (Calibration()(Table(rows, 4, Key.root(0))) for rows in (knows, guesses))
    assert good["ece_tokens"] is not None and bad["ece_tokens"] is not None and good["ece_tokens"].high < bad["ece_tokens"].low
    assert good["auroc_tokens"] is not None and good["auroc_tokens"].low > 0.6
    assert bad["auroc_tokens"] is not None and bad["auroc_tokens"].low < 0.5 < bad["auroc_tokens"].high
    assert good["brier_tokens"] is not None and bad["brier_tokens"] is not None and good["brier_tokens"].mean < bad["brier_tokens"].mean


@pytest.mark.parametrize(("text", "want"), [
    ("Confidence: 80%", 0.8), ("confidence 0.7", 0.7), ("My confidence is 8/10.", 0.8), ("I am confident: 100 percent", 1.0), ("Confidence: 85", 0.85),
    ("confidence: 120%", None), ("no number", None), ("confidence: 20% ... Confidence: 90%", 0.9), ("Confidence: 7 out of 10", 0.7), ("", None),
])  # fmt: skip
def test_spoken_confidence(text: str, want: float | None):
    assert spoken_confidence(text) == (None if want is None else pytest.approx(want))


def test_where_no_confidence_is_known_nothing_is_said():
    rows = [row("a", 0, surprise=None), row("b", 0, surprise=None, label="right")]
    assert set(Calibration()(Table(rows, 1, Key.root(0))).values()) == {None}
    assert set(Calibration("spoken")(Table(rows, 1, Key.root(0))).values()) == {None}

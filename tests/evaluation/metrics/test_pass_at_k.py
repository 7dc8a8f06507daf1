"""pass@k against enumeration, exact integers, and at ten thousand samples."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from evaluation.metrics.tables import table
from menolab.errors import BadInput
from menolab.evaluation.metrics.pass_at_k import PassAtK, pass_at_k


def test_pass_at_k_is_the_share_of_subsets_with_a_right_one():
    for n in range(1, 7):
        for c in range(n + 1):
            row = [True] * c + [False] * (n - c)
            got = pass_at_k(np.array([row]))[0]
            want = [float(np.mean([any(s) for s in itertools.combinations(row, k)])) for k in range(1, n + 1)]
            assert got == pytest.approx(want, abs=1e-12)


def test_pass_at_k_is_exact_where_floats_would_not_be():
    right_PS = np.zeros((1, 2000), dtype=bool)
    right_PS[0, 0] = True
    curve = pass_at_k(right_PS)[0]
    assert curve[-1] == 1.0
    assert all(curve[k - 1] == float(Fraction(k, 2000)) for k in (1, 7, 999, 1999))  # one right sample: k / n exactly
    assert pass_at_k(np.eye(1, 16))[0, 15] == 1.0  # the with-replacement bootstrap would say 0.64


def test_pass_at_1_is_the_mean_and_the_curve_never_falls():
    right_PS = np.random.default_rng(0).random((20, 8)) < 0.3
    curve = pass_at_k(right_PS)
    assert np.allclose(curve[:, 0], right_PS.mean(axis=1))
    assert (np.diff(curve, axis=1) >= 0).all()
    assert np.array_equal(curve[:, -1], right_PS.any(axis=1))


def test_no_samples_is_bad_input():
    for empty in (np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(3)):
        with pytest.raises(BadInput):
            pass_at_k(empty)


def test_ten_thousand_samples_agree_with_exact_integers():
    n, counts = 10_000, (0, 1, 3, 500, 9_999, 10_000)
    right_PS = np.array([[1] * c + [0] * (n - c) for c in counts], dtype=bool)
    curve_PK = pass_at_k(right_PS)
    for c, curve in zip(counts, curve_PK, strict=True):
        for k in (1, 2, 10, 777, 5_000, 9_999, 10_000):
            want = 1 - Fraction(math.comb(n - c, k), math.comb(n, k))
            assert curve[k - 1] == pytest.approx(float(want), abs=1e-12)
    assert (np.diff(curve_PK, axis=1) >= 0).all()


def test_it_estimates_what_independent_samples_would_do():
    """The mean over many problems of one pass rate is 1 - (1 - p)^k."""
    right_PS = np.random.default_rng(0).random((20_000, 8)) < 0.2
    assert pass_at_k(right_PS).mean(axis=0) == pytest.approx([1 - 0.8**k for k in range(1, 9)], abs=0.01)


def test_the_metric_names_every_k():
    found = PassAtK()(table([[1, 0, 0], [1, 1, 0]]))
    assert list(found) == ["pass@1", "pass@2", "pass@3"]
    assert found["pass@1"] is not None and found["pass@1"].mean == 0.5 and found["pass@1"].n == 2

"""Bayes@N: by the Beta posterior, and its coverage on fixed problems."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from evaluation.metrics.tables import table
from menolab.evaluation.metrics.posterior import Posterior


def test_it_is_the_mean_of_beta_posteriors():
    right = [[1, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]]
    found = Posterior()(table(right))["bayes@4"]
    parts = [stats.beta(1 + sum(r), 5 - sum(r)) for r in right]
    mean, deviation = np.mean([p.mean() for p in parts]), math.sqrt(sum(p.var() for p in parts)) / 3
    assert found is not None and found.mean == pytest.approx(float(mean))
    assert (found.low, found.high) == pytest.approx((mean - 1.959964 * deviation, mean + 1.959964 * deviation), abs=1e-6)


def test_more_samples_narrow_it_though_the_problems_stay():
    few, many = Posterior()(table([[1, 0]] * 20))["bayes@2"], Posterior()(table([[1, 0] * 16] * 20))["bayes@32"]
    assert few is not None and many is not None and many.high - many.low < 0.5 * (few.high - few.low)


def test_its_credible_interval_covers_where_pass_rates_follow_the_prior():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        p_P = rng.random(30)
        found = Posterior()(table((rng.random((30, 8)) < p_P[:, None]).astype(int).tolist()))["bayes@8"]
        assert found is not None
        held += found.low <= p_P.mean() <= found.high
    assert 0.92 <= held / 300 <= 0.98

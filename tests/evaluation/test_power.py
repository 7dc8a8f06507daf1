"""Power: the split of noise, and what it promises, by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.power import Power, power
from menolab.keys import Key


def test_the_two_kinds_of_noise_are_told_apart():
    rng = np.random.default_rng(0)
    ease = rng.beta(2, 2, 4000)
    gain = rng.normal(0.05, 0.1, 4000)
    harder = np.clip(ease + gain, 0, 1)
    a, b = (rng.random((4000, 8)) < p[:, None] for p in (ease, harder))
    found = power(a.astype(float), b.astype(float))
    assert found.between == pytest.approx(float((harder - ease).var()), abs=0.004)
    assert found.within == pytest.approx(float((ease * (1 - ease) + harder * (1 - harder)).mean()), rel=0.03)


def test_what_it_asks_for_is_enough():
    noise = Power(0.01, 0.4)
    for samples in (1, 4, 16):
        problems = noise.problems_for(0.05, samples)
        assert noise.detectable(problems, samples) <= 0.05 < noise.detectable(problems - 1, samples)
    samples = noise.samples_for(0.05, 100)
    assert samples is not None and noise.detectable(100, samples) <= 0.05 < noise.detectable(100, samples - 1)
    assert noise.samples_for(0.01, 100) is None, "100 problems never show one point, however many samples"


def test_a_comparison_of_the_size_it_asks_for_succeeds_four_times_in_five(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statistics, "DRAWS", 250)
    monkeypatch.setattr(statistics, "FLIPS", 1000)
    rng, found, samples = np.random.default_rng(1), 0, 4
    ease = rng.uniform(0.2, 0.7, 4000)
    noise = Power(0.0, float((ease * (1 - ease) + (ease + 0.06) * (0.94 - ease)).mean()))
    problems = noise.problems_for(0.06, samples)
    for i in range(200):
        p = rng.choice(ease, problems)
        a, b = rng.binomial(samples, p) / samples, rng.binomial(samples, p + 0.06) / samples
        found += statistics.paired_difference(a, b, Key.root(i)).p < 0.05
    assert 0.72 <= found / 200 <= 0.88


def test_one_sample_cannot_tell():
    one = power(np.array([[1.0], [0.0], [0.0]]), np.array([[1.0], [1.0], [0.0]]))
    assert one.between == 0.0 and one.within == pytest.approx(np.var([0, 1, 0], ddof=1))
    with pytest.raises(BadInput):
        power(np.zeros((1, 4)), np.zeros((1, 4)))
    with pytest.raises(BadInput):
        power(np.zeros((3, 4)), np.zeros((3, 5)))

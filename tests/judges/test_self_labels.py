"""Which pairs a reward model labels itself, and what learning from them brings."""

from __future__ import annotations

import numpy as np
import pytest

from menolab.errors import BadInput
from menolab.judges.self_labels import SelfLabels

SELECT = SelfLabels(high=0.7, low=0.3, gap=0.2)


def test_sure_pairs_first_then_those_far_apart_then_none() -> None:
    assert SELECT([(0.8, 0.2), (0.6, 0.3), (0.1, 0.9), (0.71, 0.3)]) == [(0, 0), (2, 1)]
    assert SELECT([(0.6, 0.3), (0.5, 0.5), (0.4, 0.65), (0.9, 0.75)]) == [(0, 0), (2, 1)]
    assert SELECT([(0.6, 0.5), (0.5, 0.5)]) == [] and SELECT([]) == []


def test_values_that_make_no_sense() -> None:
    with pytest.raises(BadInput, match="must not exceed high"):
        SelfLabels(high=0.4, low=0.6)
    with pytest.raises(BadInput, match="gap"):
        SelfLabels(gap=1.5)


def _fit(better_ND: np.ndarray, worse_ND: np.ndarray) -> np.ndarray:
    """Bradley-Terry by gradient ascent on mean log sigmoid(w (x - y)), with weight decay."""
    w = np.zeros(better_ND.shape[1])
    for _ in range(300):
        gap = (better_ND - worse_ND) @ w
        w += 0.2 * (((better_ND - worse_ND) * (1 / (1 + np.exp(gap)))[:, None]).mean(0) - 0.02 * w)
    return w


def test_self_training_exceeds_the_seed_and_comes_near_the_full_labels() -> None:
    """Pairs of a good and a bad response, both Gaussian around opposite means in 30 dimensions; 15 of 100 labels are given."""
    gains, gaps, excluded = [], [], 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        mean = rng.normal(size=30)
        mean *= 1.3 / np.linalg.norm(mean)
        good, bad = rng.normal(size=(100, 30)) + mean, rng.normal(size=(100, 30)) - mean
        held = rng.normal(size=(2000, 30)) + mean, rng.normal(size=(2000, 30)) - mean

        def accuracy(w: np.ndarray, held: tuple[np.ndarray, np.ndarray] = held) -> float:
            return float(((held[0] - held[1]) @ w > 0).mean())

        better, worse, open_ = good[:15], bad[:15], list(range(15, 100))
        w = seed_w = _fit(better, worse)
        for _ in range(6):
            p = [(1 / (1 + np.exp(-good[i] @ w)), 1 / (1 + np.exp(-bad[i] @ w))) for i in open_]
            found = SELECT(p)
            excluded += len(found) < len(open_)
            if not found:
                break
            chosen = [(good[open_[i]], bad[open_[i]])[:: 1 if side == 0 else -1] for i, side in found]
            better = np.vstack([better, [b for b, _ in chosen]])
            worse = np.vstack([worse, [x for _, x in chosen]])
            open_ = [i for k, i in enumerate(open_) if k not in {k for k, _ in found}]
            w = _fit(better, worse)
        gains.append(accuracy(w) - accuracy(seed_w))
        gaps.append(accuracy(_fit(good, bad)) - accuracy(w))
    assert np.mean(gains) > 0.02 and np.mean(gaps) < np.mean(gains) and excluded > 0

"""Weighted votes against loops over all subsets."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from evaluation.metrics.tables import row
from menolab.errors import BadInput
from menolab.evaluation.metrics import weighted_majority as module
from menolab.evaluation.metrics.majority import majority_at_k
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.metrics.weighted_majority import WeightedMajorityAtK, weighted_majority
from menolab.keys import Key

KEY = Key.root(0)


def oracle(votes: list[str | None], weights: list[float], k: int) -> float:
    """Every subset of k samples, its answers' sums, the share of right ones among the heaviest."""
    worths = []
    for subset in combinations(range(len(votes)), k):
        sums: dict[str, float] = {}
        for i in subset:
            vote = votes[i]
            if vote is not None and not math.isnan(weights[i]):
                sums[vote] = sums.get(vote, 0.0) + weights[i]
        best = [vote for vote, s in sums.items() if s > max(sums.values()) - 1e-9]
        worths.append(sum(vote.startswith("RIGHT:") for vote in best) / len(best) if best else 0.0)
    return sum(worths) / len(worths)


def test_every_subset():
    rng = np.random.default_rng(0)
    for _ in range(40):
        votes = [[None, "RIGHT:1", "RIGHT:2", "3", "4"][i] for i in rng.integers(0, 5, 6)]
        weights = [float(w) for w in rng.choice([0.0, 0.25, 0.5, 0.75, math.nan], 6)]
        for k in range(1, 7):
            assert weighted_majority([votes], np.array([weights]), k, KEY)[0] == pytest.approx(oracle(votes, weights, k)), (votes, weights, k)


def test_equal_weights_are_the_plain_majority():
    rng = np.random.default_rng(1)
    votes = [[None if i == 0 else "RIGHT:1" if i == 1 else str(i) for i in rng.integers(0, 5, 8)] for _ in range(20)]
    plain_PK = majority_at_k(votes)
    for k in (1, 3, 8):
        assert weighted_majority(votes, np.full((20, 8), 0.3), k, KEY) == pytest.approx(plain_PK[:, k - 1])


def test_random_subsets_are_near_all_of_them(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(2)
    votes = [["RIGHT:1" if x < 0.4 else "2" if x < 0.7 else "3" for x in rng.random(12)] for _ in range(30)]
    weights = rng.random((30, 12))
    every = weighted_majority(votes, weights, 5, KEY)
    monkeypatch.setattr(module, "SUBSETS", 700)
    some = weighted_majority(votes, weights, 5, KEY)
    assert (some != every).any() and some == pytest.approx(every, abs=4.5 * 0.5 / math.sqrt(700))
    assert (some == weighted_majority(votes, weights, 5, KEY)).all()


def test_a_sure_minority_wins():
    rows = [row("a", s, vote=v, surprise=-math.log(w)) for s, (v, w) in enumerate([("RIGHT:1", 0.9), ("2", 0.3), ("2", 0.3), ("3", 0.8)])]
    found = WeightedMajorityAtK()(Table(rows, 4, KEY))
    assert list(found) == ["wmaj@1_tokens", "wmaj@2_tokens", "wmaj@4_tokens"]
    assert found["wmaj@4_tokens"] is not None and found["wmaj@4_tokens"].mean == 1.0 and majority_at_k([[r.vote for r in rows]])[0, -1] == 0.0


def test_spoken_weights_and_opinions():
    spoken = [row("a", s, text=f"confidence: {c}%", vote=v) for s, (v, c) in enumerate([("RIGHT:1", 90), ("2", 40), ("2", 45)])]
    e = WeightedMajorityAtK("spoken")(Table(spoken, 3, KEY))["wmaj@3_spoken"]
    assert e is not None and e.mean == 1.0
    told = [row("a", s, opinion=o, vote=v) for s, (v, o) in enumerate([("RIGHT:1", 1.0), ("2", 1.0), ("3", None)])]
    e = WeightedMajorityAtK("opinion")(Table(told, 3, KEY))["wmaj@3_opinion"]
    assert e is not None and e.mean == 0.5  # a tie; the third has no vote


def test_unknown_and_impossible_weights():
    silent = Table([row("a", 0, surprise=None), row("a", 1, surprise=None)], 2, KEY)
    assert WeightedMajorityAtK()(silent) == {"wmaj@1_tokens": None, "wmaj@2_tokens": None}
    with pytest.raises(BadInput, match="less than nothing"):
        WeightedMajorityAtK("opinion")(Table([row("a", 0, opinion=-1.0)], 1, KEY))
    with pytest.raises(BadInput, match="did you mean spoken"):
        WeightedMajorityAtK("spokn")

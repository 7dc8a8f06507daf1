"""maj@k against enumeration."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from evaluation.metrics.tables import row
from menolab.evaluation.metrics.majority import MajorityAtK, majority_at_k
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.metrics.pass_at_k import pass_at_k
from menolab.evaluation.votes import RIGHT
from menolab.keys import Key


def majority_by_enumeration(votes: list[str | None], k: int) -> float:
    """Each subset votes; ties share; None abstains."""
    worth = []
    for subset in itertools.combinations(votes, k):
        counts = Counter(v for v in subset if v is not None)
        best = max(counts.values(), default=0)
        winners = [v for v, c in counts.items() if c == best]
        worth.append(Fraction(sum(w.startswith(RIGHT) for w in winners), len(winners)) if winners else Fraction(0))
    return float(sum(worth) / len(worth))


@pytest.mark.parametrize("seed", range(30))
def test_majority_matches_enumeration(seed: int):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 8))
    votes = [[RIGHT + "1", "a", RIGHT + "2", "b", "c", None][i] for i in rng.integers(0, int(rng.integers(1, 7)), n)]
    assert majority_at_k([votes])[0] == pytest.approx([majority_by_enumeration(votes, k) for k in range(1, n + 1)], abs=1e-12)


def test_nothing_parsed_never_wins():
    assert majority_at_k([[None, None, None, RIGHT]])[0, 3] == 1.0
    assert majority_at_k([[None, None]])[0].tolist() == [0.0, 0.0]
    assert majority_at_k([[None, None, None, "7"]])[0, 3] == 0.0


def test_ties_are_averaged_and_order_does_not_matter():
    votes = [RIGHT, "a", RIGHT, "a", "b"]
    assert majority_at_k([votes])[0, 4] == 0.5
    assert majority_at_k([votes])[0].tolist() == majority_at_k([votes[::-1]])[0].tolist()


def test_majority_of_one_is_pass_of_one():
    votes = [[RIGHT, "a", None, RIGHT], ["a", "a", RIGHT, None]]
    right_PS = np.array([[v == RIGHT for v in row] for row in votes])
    assert majority_at_k(votes)[:, 0] == pytest.approx(pass_at_k(right_PS)[:, 0])


def test_majority_is_quick_in_its_worst_case():
    """64 samples, every rival different: ties everywhere."""
    curve = majority_at_k([[RIGHT] * 3 + [str(i) for i in range(61)]])[0]
    assert curve[-1] == 1.0 and curve[0] == pytest.approx(3 / 64)


def test_the_metric_reads_the_votes_of_the_rows():
    rows = [row("a", i, label="right" if v == RIGHT else "wrong", vote=v) for i, v in enumerate([RIGHT, RIGHT, "b"])]
    found = MajorityAtK()(Table(rows, 3, Key.root(0)))
    assert found["maj@3"] is not None and found["maj@3"].mean == 1.0
    assert found["maj@1"] is not None and found["maj@1"].mean == pytest.approx(2 / 3)

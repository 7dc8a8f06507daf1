"""Pessimistic verification between best-of-N and majority."""

from __future__ import annotations

import math

import numpy as np
import pytest

from menolab.errors import BadInput
from menolab.judges.pessimistic import lower_bounds, pessimistic


@pytest.mark.parametrize("alpha", [0.0, 0.3, 2.0])
def test_against_plain_python(alpha: float) -> None:
    answers = ["a", "b", "a", "c", "b", "a"]
    scores = [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 1.0], [0.0, 1.0], [1.0, 1.0]]
    got = lower_bounds(answers, scores, alpha)
    for answer in "abc":
        own = [s for a, s in zip(answers, scores, strict=True) if a == answer]
        n, m = len(own), 2
        mean = math.fsum(x for s in own for x in s) / (n * m)
        assert got[answer] == pytest.approx(mean - alpha * math.log(6 * m) / (n * m + 1), abs=1e-12)
    assert list(got) == ["a", "b", "c"]


def test_the_two_ends_are_best_mean_and_majority() -> None:
    answers = ["lone", "many", "many", "many", "few", "few"]
    scores: list[list[float | None]] = [[1.0], [0.0], [1.0], [0.0], [1.0], [0.0]]
    assert pessimistic(answers, scores, 0.0) == "lone" and pessimistic(answers, scores, 1e6) == "many"


def test_what_was_not_decided_does_not_count() -> None:
    bounds = lower_bounds(["a", None, "b", "c"], [[1.0, None], [1.0, 1.0], [None, None], [0.0, 1.0]], 1.0)
    assert dict(bounds) == pytest.approx({"a": 1 - math.log(3) / 2, "c": 0.5 - math.log(3) / 3})
    assert pessimistic([], []) is None and pessimistic(["a"], [[None]]) is None
    with pytest.raises(BadInput, match="each of the 2"):
        pessimistic(["a", "b"], [[1.0]])
    with pytest.raises(BadInput, match="alpha"):
        pessimistic(["a"], [[1.0]], -1.0)


def _accuracy(alpha: float, problems: int = 300, n: int = 16, m: int = 2) -> float:
    """A solver whose wrong answers partly agree with one another, and a verifier that is right three times of four: share of right choices."""
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(problems):
        skill = rng.uniform(0.05, 0.6)
        answers = ["right" if rng.random() < skill else f"wrong {rng.choice(12, p=[0.34] + [0.06] * 11)}" for _ in range(n)]
        scores = [[float((rng.random() < 0.75) == (a == "right")) for _ in range(m)] for a in answers]
        hits += pessimistic(answers, scores, alpha) == "right"
    return hits / problems


def test_it_beats_both_ends_for_a_range_of_weights() -> None:
    best_mean, majority = _accuracy(0.0), _accuracy(1e6)
    for alpha in (0.3, 0.6, 1.0):
        assert _accuracy(alpha) > max(best_mean, majority) + 0.05

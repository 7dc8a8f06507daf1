"""maj@k: how often the most frequent answer is right."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate
from menolab.evaluation.votes import RIGHT


@dataclass(frozen=True)
class MajorityAtK(Metric):
    """maj@k for k = 1..K (also called cons@k): accuracy of the most frequent answer among k samples, by exact expectation over all subsets.

    Wang et al. 2023, arXiv:2203.11171 (self-consistency).
    """

    paper = "arXiv:2203.11171"

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        curve_PK = majority_at_k(table.votes)
        return {f"maj@{k + 1}": statistics.share(curve_PK[:, k]) for k in range(table.samples)}


def majority_at_k(votes_PS: Sequence[Sequence[Hashable | None]]) -> np.ndarray:
    """maj@k of every problem for k = 1..S, `[P, S]`: how often the most frequent answer among k samples is right.

    Votes are canonical keys (`vote`): equal keys are one answer, those that begin with `RIGHT` are right, None (nothing parsed) takes part in no vote,
    so it never wins. Where many answers are right (Countdown), each stands for itself: who votes does not know that they are. A tie is worth the right
    answers' share of it. The value is the exact expectation over all subsets of k samples.
    """
    return np.array([_majority_curve(tuple(votes)) for votes in votes_PS], dtype=np.float64).reshape(len(votes_PS), -1)


def _majority_curve(votes: tuple[Hashable | None, ...]) -> tuple[float, ...]:
    if not votes:
        raise BadInput("samples", 0, "maj@k needs one sample a problem or more")
    counts = Counter(v for v in votes if v is not None)
    curve = [0.0] * len(votes)
    for answer, count in counts.items():
        if isinstance(answer, str) and answer.startswith(RIGHT):
            rivals = tuple(sorted((c for other, c in counts.items() if other != answer), reverse=True))
            curve = [a + b for a, b in zip(curve, _majority_of_counts(len(votes), count, rivals), strict=True)]
    return tuple(curve)


@functools.lru_cache(maxsize=65536)
def _majority_of_counts(n: int, ours: int, rivals: tuple[int, ...]) -> tuple[float, ...]:
    """The curve for `ours` right votes among n against rival answers with these counts.

    Count the subsets in which the right answer has exactly j votes and wins. A rival with fewer than j votes in all can neither win nor tie, so
    it joins the votes that do not matter ("free"); the others take at most j votes each, and t of them exactly j: the subset is worth 1 / (1 + t).
    """
    wins: Counter[tuple[int, int]] = Counter()  # (k, rivals tied with ours) -> number of subsets of k samples that ours wins or ties
    for j in range(1, ours + 1):
        strong = [c for c in rivals if c >= j]
        free = n - ours - sum(strong)
        ways = {(m, 0): math.comb(free, m) for m in range(free + 1)}  # (votes taken, rivals tied) -> number of subsets
        for c in strong:
            grown: Counter[tuple[int, int]] = Counter()
            for (taken, tied), w in ways.items():
                for m in range(j + 1):
                    grown[taken + m, tied + (m == j)] += w * math.comb(c, m)
            ways = grown
        for (taken, tied), w in ways.items():
            wins[j + taken, tied] += w * math.comb(ours, j)
    worth = [Fraction(0)] * (n + 1)
    for (k, tied), w in wins.items():
        worth[k] += Fraction(w, 1 + tied)
    return tuple(float(worth[k] / math.comb(n, k)) for k in range(1, n + 1))

"""G-Pass@k: whether most of k samples are right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from menolab.errors import BadInput, check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class GPassAtK(Metric):
    """G-Pass@k_tau: the chance that at least a share tau of k samples are right; tau -> 0 is pass@k, tau = 1 asks for all of them.

    Liu et al. 2024, "Are Your LLMs Capable of Stable Reasoning?", arXiv:2412.13147, section 2: sum over j >= ceil(tau k) of C(c, j) C(n - c, k - j) / C(n, k),
    hypergeometric in exact integers. mG-Pass@k is twice the mean over tau in (0.5, 1]: 2/k times the sum over i = ceil(k/2)+1 .. k of the value at tau = i/k.
    """

    paper = "arXiv:2412.13147, section 2"

    k: int = 0
    """Samples taken; 0: half of those there are."""
    thresholds: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0)
    """tau."""

    def __post_init__(self) -> None:
        check_range("k", self.k, 0)
        for tau in self.thresholds:
            check_range("thresholds", tau, 0.0, 1.0, open_low=True)

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        k = self.k or max(1, table.samples // 2)
        if k > table.samples:
            raise BadInput("k", k, f"there are {table.samples} samples a problem; draw more or ask for fewer")
        counts = table.right_PS.sum(axis=1).astype(int).tolist()

        def at(least: int) -> np.ndarray:
            return np.array([at_least(table.samples, c, k, least) for c in counts])

        found = {f"g-pass@{k}_{tau:g}": statistics.share(at(max(1, math.ceil(tau * k - 1e-9)))) for tau in self.thresholds}
        many = [at(i) for i in range(math.ceil(k / 2) + 1, k + 1)]
        mean = np.minimum(1.0, 2 / k * np.sum(many, axis=0)) if many else at(1)
        return {**found, f"mg-pass@{k}": statistics.share(mean)}


@cache
def at_least(n: int, c: int, k: int, least: int) -> float:
    """Chance that k of n samples, c of them right, hold `least` right ones or more."""
    ways = sum(math.comb(c, j) * math.comb(n - c, k - j) for j in range(least, min(c, k) + 1))
    return float(Fraction(ways, math.comb(n, k)))

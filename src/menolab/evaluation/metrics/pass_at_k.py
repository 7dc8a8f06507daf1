"""pass@k: whether one of k samples is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate

EXACT = 256
"""Samples up to which pass@k is taken in exact integers."""


@dataclass(frozen=True)
class PassAtK(Metric):
    """pass@k for k = 1..K, unbiased: the chance that k of a problem's samples, drawn without replacement, hold a right one. pass@1 is mean@n."""

    paper = "arXiv:2107.03374, eq. 1"
    catalogue = ("pass-at-1", "pass-at-k")

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        curve_PK = pass_at_k(table.right_PS)
        return {f"pass@{k + 1}": statistics.share(curve_PK[:, k]) for k in range(table.samples)}


def pass_at_k(right_PS: np.ndarray) -> np.ndarray:
    """The unbiased pass@k of every problem for k = 1..S, `[P, S]`; column 0 is the plain mean (mean@n).

    pass@k = 1 - C(n - c, k) / C(n, k) with n samples of which c are right (Chen et al. 2021, arXiv:2107.03374, eq. 1). Up to `EXACT` samples each entry is the
    correctly rounded quotient of exact integers; beyond, the product of (n - c - i) / (n - i) in extended precision, within 1e-12 of it. (Resampling with
    replacement instead under-reports it: n = 16, c = 1, k = 16 gives 0.64, not 1.)

    Raises:
        BadInput: no samples, or not a table.
    """
    right_PS = np.asarray(right_PS)
    if right_PS.ndim != 2 or 0 in right_PS.shape:
        raise BadInput("samples", list(right_PS.shape), "pass@k needs a table of one problem or more by one sample or more")
    count_P, n = right_PS.astype(bool).sum(axis=1), right_PS.shape[1]
    known, which_P = np.unique(count_P, return_inverse=True)
    curves = [_exact(n, int(c)) if n <= EXACT else _product(n, int(c)) for c in known]
    return np.array(curves, dtype=np.float64)[which_P]


def _exact(n: int, c: int) -> list[float]:
    every, failing, curve = 1, 1, []  # C(n, k) and C(n - c, k), from one k to the next
    for k in range(1, n + 1):
        every = every * (n - k + 1) // k
        failing = failing * max(0, n - c - k + 1) // k
        curve.append((every - failing) / every)
    return curve


def _product(n: int, c: int) -> np.ndarray:
    i = np.arange(n, dtype=np.longdouble)
    return np.asarray(1 - np.cumprod(np.maximum(n - c - i, 0) / (n - i)), dtype=np.float64)

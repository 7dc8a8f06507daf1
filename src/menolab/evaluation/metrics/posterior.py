"""Bayes@N: what N samples say of these problems, without a normal approximation at the edges."""

from __future__ import annotations

import math
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate, Z


@dataclass(frozen=True)
class Posterior(Metric):
    """bayes@N: the posterior mean of the accuracy on *these* problems under independent priors, with its credible interval.

    Hariri et al. 2025, "Don't Pass@k: A Bayesian Framework for Large Language Model Evaluation", arXiv:2510.04265, for two categories and the uniform prior:
    problem i with c_i of N right has posterior Beta(1 + c_i, 1 + N - c_i); the mean over problems has mean sum (1 + c_i) / (2 + N) / P and variance
    sum Var_i / P^2, and its interval is normal. It answers another question than pass@1's interval: the problems are fixed, only the samples are drawn anew.
    """

    paper = "arXiv:2510.04265"

    prior: float = 1.0
    """Weight of right and of wrong before any sample; 1 is uniform."""

    def __post_init__(self) -> None:
        check_range("prior", self.prior, 0.0, open_low=True)

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        a_P = table.right_PS.sum(axis=1) + self.prior
        b_P = table.samples - table.right_PS.sum(axis=1) + self.prior
        total_P = a_P + b_P
        mean = float((a_P / total_P).mean())
        deviation = math.sqrt(float((a_P * b_P / (total_P**2 * (total_P + 1))).sum())) / table.problems
        half = Z * deviation
        return {f"bayes@{table.samples}": Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), table.problems)}

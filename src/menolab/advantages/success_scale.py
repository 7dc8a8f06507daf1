"""Divide by the group's success rate: maximum likelihood of being right."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean
from menolab.records import Batch


@dataclass(frozen=True)
class SuccessScale(Advantage):
    """Credit divided by the group's mean reward; zero where nothing succeeded. For rewards of 0 and 1, behind `GroupBaseline`.

    Tajwar et al. 2026 (MaxRL), arXiv:2602.02710: averaging the score function over the *successes* instead of over all N rollouts, (1/K) sum over
    right ones, is an unbiased gradient of the first N terms of log p = -sum_k (1 - p)^k / k, where REINFORCE has the first term only; minus the group's
    mean score as control variate it is (r_i - mean r) / (N mean r). A group without success is left at zero (as in the authors' code) although the
    control variate is not, which leaves the first N - 1 terms.
    """

    paper = "arXiv:2602.02710"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        mean_B1 = group_mean(batch.reward_B, batch.group_B)[:, None]
        return torch.where(mean_B1 > 0, credit_BT.double() / torch.where(mean_B1 > 0, mean_B1, 1.0), 0.0).float()

"""Subtract the reward baseline of least variance."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean
from menolab.records import Batch


@dataclass(frozen=True)
class OptimalBaseline(Advantage):
    """Credit minus the group's mean reward weighted by response length: b = sum_i l_i r_i / sum_i l_i.

    Hao et al. 2025 (OPO), arXiv:2505.23585. The baseline that minimises the variance of the policy gradient is E[|grad log pi|^2 r] / E[|grad log pi|^2];
    with token gradients of like norm and nearly orthogonal, |grad log pi(y)|^2 grows as the length of y. With equal lengths it is the group mean.
    """

    paper = "arXiv:2505.23585"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        mean_B = group_mean(batch.reward_B, batch.group_B, batch.mask_BT.sum(-1))
        return (credit_BT.double() - mean_B[:, None]).float()

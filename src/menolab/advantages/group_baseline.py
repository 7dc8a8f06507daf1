"""Subtract the mean reward of the group."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean
from menolab.records import Batch


@dataclass(frozen=True)
class GroupBaseline(Advantage):
    """Credit minus the group's mean reward: the critic-free baseline of GRPO.

    Shao et al. 2024, arXiv:2402.03300, section 4.1.2, numerator of A_i; alone it is Dr. GRPO's advantage (Liu et al. 2025, arXiv:2503.20783, section 3.1).
    Unscorable rollouts are left out of the mean.
    """

    paper = "arXiv:2402.03300, section 4.1.2"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        mean_B = group_mean(batch.reward_B, batch.group_B)
        return (credit_BT.double() - mean_B[:, None]).float()

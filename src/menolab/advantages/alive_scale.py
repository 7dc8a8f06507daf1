"""Make up for the groups that teach nothing."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean, group_sums
from menolab.records import Batch


@dataclass(frozen=True)
class AliveScale(Advantage):
    """Credit times B / (B - M): M of the B rollouts are in groups of equal rewards, whose zero gradients dilute the mean over the batch.

    Chu et al. 2025 (GPG), arXiv:2504.02546, "accurate gradient estimation", alpha = B / (B - M). A batch without any such group, and one with nothing
    else, is left as it is. Unscorable rollouts are counted in neither.
    """

    paper = "arXiv:2504.02546"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        reward_B = batch.reward_B.double()
        spread_B = group_sums((reward_B - group_mean(reward_B, batch.group_B)).abs(), batch.group_B)
        scorable_B = ~reward_B.isnan()
        alive = int((scorable_B & (spread_B > 0)).sum())
        return (credit_BT.double() * (int(scorable_B.sum()) / alive if alive else 1.0)).float()

"""Subtract the mean reward of the batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean
from menolab.records import Batch


@dataclass(frozen=True)
class BatchBaseline(Advantage):
    """Credit minus the mean reward of the whole batch, whatever the problem.

    Williams 1992, section 5, "reinforcement comparison": any baseline that does not depend on the action leaves the gradient unbiased. A batch mean holds the
    rollout itself, so with B rollouts the gradient is scaled by (B - 1)/B. Unscorable rollouts are left out of the mean.
    """

    paper = "Williams 1992, section 5"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        mean_B = group_mean(batch.reward_B, torch.zeros_like(batch.group_B))
        return (credit_BT.double() - mean_B[:, None]).float()

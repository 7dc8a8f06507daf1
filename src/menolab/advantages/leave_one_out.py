"""Subtract the mean reward of the others in the group."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean, group_sums
from menolab.pieces import published
from menolab.records import Batch


@dataclass(frozen=True)
class LeaveOneOut(Advantage):
    """Credit minus the mean reward of the group's other rollouts: RLOO.

    Ahmadian et al. 2024, arXiv:2402.14740, section 2.2: R(y_i) - 1/(k-1) sum over j != i of R(y_j), which equals k/(k-1) (R(y_i) - mean R).
    A rollout alone in its group (k = 1) has no baseline to be compared with and gets zero credit.
    """

    paper = "arXiv:2402.14740, section 2.2"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        count_B = group_sums((~batch.reward_B.isnan()).double(), batch.group_B)
        factor_B = torch.where(count_B > 1, count_B / (count_B - 1).clamp_min(1.0), 0.0)
        mean_B = group_mean(batch.reward_B, batch.group_B)
        return ((credit_BT.double() - mean_B[:, None]) * factor_B[:, None]).float()


@published(paper="arXiv:2402.14740, section 2.2")
def rloo() -> LeaveOneOut:
    """`LeaveOneOut` under the name of its paper, for `advantage=Rloo`."""
    return LeaveOneOut()

"""Add the comparison among rollouts of one wording of a problem."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean, group_sums
from menolab.advantages.group_scale import group_deviation
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class WithinWording(Advantage):
    """Credit plus (r - mean) / (std + epsilon) with mean and deviation over the rollouts drawn under the same wording of the problem.

    Yao et al. 2025 (Share-GRPO), arXiv:2505.16673: behind `GroupBaseline` and `GroupScale`, which compare over all wordings, it makes the
    hierarchical advantage; as in the authors' code it is added where a rollout stands under the wording that it was drawn under, and shared ones have
    the comparison over all wordings alone. A problem with one wording gets nothing added.
    """

    paper = "arXiv:2505.16673"

    epsilon: float = 1e-6

    def __post_init__(self) -> None:
        check_range("epsilon", self.epsilon, 0.0, open_low=True)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        if batch.wording_B is None:
            return credit_BT
        own_B = batch.wording_B >= 0
        # A family is a wording of a problem; shared copies are one of their own, and are left out below.
        family_B = torch.stack([batch.group_B, batch.wording_B], 1).unique(dim=0, return_inverse=True)[1]
        local_B = batch.reward_B.double() - group_mean(batch.reward_B, family_B)
        local_B = local_B / (group_deviation(batch.reward_B, family_B, ddof=1) + self.epsilon)
        several_B = group_sums(own_B.double(), batch.group_B) > group_sums(own_B.double(), family_B)
        return (credit_BT.double() + torch.where(own_B & several_B, local_B, 0.0)[:, None]).float()

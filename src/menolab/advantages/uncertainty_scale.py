"""Weigh problems by how uncertain their outcome is."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class UncertaintyScale(Advantage):
    """Credit times 4 k p (1 - p), p the group's share of right rollouts: k where half are right, 0 where all or none are.

    Guo et al. 2025 (Observe-R1), arXiv:2505.12432, as in the authors' code (k = 1.8), after the group's normalisation. What is right is read from the
    reward, as there: accuracy is worth 1 and all else together less, so a rollout is right if its reward is at least `right`.
    """

    paper = "arXiv:2505.12432"

    k: float = 1.8
    right: float = 1.0
    """Least reward of a right rollout."""

    def __post_init__(self) -> None:
        check_range("k", self.k, 0.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        right_B = torch.where(batch.reward_B.isnan(), batch.reward_B, (batch.reward_B >= self.right).to(batch.reward_B.dtype))
        p_B1 = group_mean(right_B, batch.group_B)[:, None]
        return (credit_BT.double() * 4.0 * self.k * p_B1 * (1.0 - p_B1)).float()

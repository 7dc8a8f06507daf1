"""Divide by the standard deviation of the group's rewards."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean, group_sums
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class GroupScale(Advantage):
    """Credit divided by the standard deviation of the group's rewards plus epsilon.

    Shao et al. 2024, arXiv:2402.03300, section 4.1.2, denominator of A_i. The paper does not say which standard deviation; the sample one (ddof = 1)
    is what the public implementations take. Follows `GroupBaseline` in a chain; equal rewards have zero credit before the division and after.
    """

    paper = "arXiv:2402.03300, section 4.1.2"

    epsilon: float = 1e-6
    """Added to the deviation; 0 as the paper writes it."""
    ddof: int = 1
    """1: sample deviation (divide by n - 1); 0: population deviation."""

    def __post_init__(self) -> None:
        check_range("epsilon", self.epsilon, 0.0)
        check_range("ddof", self.ddof, 0, 1)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        scale_B = group_deviation(batch.reward_B, batch.group_B, self.ddof) + self.epsilon
        return (credit_BT.double() / torch.where(scale_B > 0, scale_B, 1.0)[:, None]).float()


def group_deviation(reward_B: torch.Tensor, group_B: torch.Tensor, ddof: int) -> torch.Tensor:
    """For every rollout the standard deviation of its group's scorable rewards (float64), exactly 0 where they are equal."""
    deviation_B = reward_B.double() - group_mean(reward_B, group_B)
    count_B = group_sums((~reward_B.isnan()).double(), group_B)
    return (group_sums(deviation_B**2, group_B) / (count_B - ddof).clamp_min(1.0)).sqrt()

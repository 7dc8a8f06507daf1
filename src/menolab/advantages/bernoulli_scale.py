"""Divide by the largest deviation that the group's mean allows."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_mean
from menolab.errors import BadInput, check_range
from menolab.records import Batch


@dataclass(frozen=True)
class BernoulliScale(Advantage):
    """Credit divided by sqrt(m (1 - m)), m the group's mean reward: for rewards between 0 and 1, behind `GroupBaseline`.

    That is the deviation of 0/1 rewards with this mean, and the largest that rewards in [0, 1] with this mean can have (Bhatia and Davis 2000). With
    0/1 rewards it is GRPO's population deviation; where rewards are continuous, 0.49 against 0.51 stays a small difference instead of being
    stretched to a large one. Where the mean is 0 or 1 all rewards are equal and the credit stays zero.
    """

    paper = "Bhatia and Davis 2000"

    floor: float = 1e-3
    """Smallest divisor."""

    def __post_init__(self) -> None:
        check_range("floor", self.floor, 0.0, 0.5, open_low=True)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        outside_B = (batch.reward_B < 0) | (batch.reward_B > 1)
        if outside_B.any():
            raise BadInput("reward", float(batch.reward_B[outside_B][0]), "BernoulliScale is for rewards from 0 to 1; use GroupScale")
        mean_B = group_mean(batch.reward_B, batch.group_B)
        return (credit_BT.double() / (mean_B * (1.0 - mean_B)).clamp_min(self.floor**2).sqrt()[:, None]).float()

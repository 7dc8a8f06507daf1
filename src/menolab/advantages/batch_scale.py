"""Divide by the standard deviation of the batch's rewards."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.advantages.group_scale import group_deviation
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class BatchScale(Advantage):
    """Credit divided by the standard deviation of the whole batch's rewards, whatever the problem; untouched where that is zero.

    Behind `BatchBaseline` it is the z-score of Su et al. 2025, arXiv:2503.23829, (r - mean) / deviation over the batch, 0 where all rewards are equal. A
    rollout counts once however long it is, unlike in `Whiten`. The paper does not say which deviation; the population one is taken.
    """

    paper = "arXiv:2503.23829"

    ddof: int = 0
    """1: sample deviation (divide by n - 1); 0: population deviation."""

    def __post_init__(self) -> None:
        check_range("ddof", self.ddof, 0, 1)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        scale_B = group_deviation(batch.reward_B, torch.zeros_like(batch.group_B), self.ddof)
        return (credit_BT.double() / torch.where(scale_B > 0, scale_B, 1.0)[:, None]).float()

"""Credit that makes supplied tokens likelier, whatever the reward."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class GivenLikelihood(Advantage):
    """Credit `weight` on tokens that the sampler supplied (hints), untouched on drawn ones: their loss becomes -weight log pi on policy.

    Liu et al. 2025 (UFT), arXiv:2505.16984: the reinforcement objective of the drawn tokens plus beta times the log-likelihood of the hint. Last in a
    chain, after all baselines.
    """

    paper = "arXiv:2505.16984"

    weight: float = 0.001
    """beta; the authors' default."""

    def __post_init__(self) -> None:
        check_range("weight", self.weight, 0.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        return credit_BT if batch.given_BT is None else torch.where(batch.given_BT, self.weight, credit_BT.double()).float()

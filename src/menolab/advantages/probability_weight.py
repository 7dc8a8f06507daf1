"""Weigh tokens by how likely they were."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class ProbabilityWeight(Advantage):
    """Credit times alpha pi_old(o_t) + 1 - alpha: advantage reweighting.

    Yang et al. 2025, arXiv:2505.12929. The gradient of a token's log-probability grows about as 1 - pi, so rare tokens dominate an update; the weight
    takes up to alpha of that away. alpha = 0 changes nothing.
    """

    paper = "arXiv:2505.12929"

    alpha: float = 0.3
    """The authors' scripts: 0.2 alone, 0.3 together with Lopti."""

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, 0.0, 1.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        return (credit_BT.double() * (self.alpha * batch.logprobs_BT.double().exp() + 1.0 - self.alpha)).float()

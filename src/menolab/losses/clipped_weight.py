"""CISPO: clip the importance weight, never the token."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.surrogate import Surrogate, score_function


@dataclass(frozen=True)
class ClippedWeight(Surrogate):
    """sg[clip(rho, 1 - low, 1 + high)] A log pi: every token has the gradient of its log-probability, under a bounded weight.

    MiniMax 2025, "MiniMax-M1: Scaling Test-Time Compute Efficiently with Lightning Attention", arXiv:2506.13585. The value given is
    clip(rho) A rather than clip(rho) A log pi: the gradient is the same, and the number can be compared with other surrogates'. Only the upper bound
    is set in the paper (low = 1 is no lower bound) and its size is not given; 4 is an upper weight of 5.
    """

    paper = "arXiv:2506.13585"

    low: float = 1.0
    high: float = 4.0

    def __post_init__(self) -> None:
        check_range("low", self.low, 0.0, 1.0)
        check_range("high", self.high, 0.0)

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        weight_BT = ratio_BT.detach().clamp(1.0 - self.low, 1.0 + self.high)
        return weight_BT * advantage_BT * score_function(ratio_BT)

"""SAPO: a soft gate instead of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.surrogate import Surrogate


@dataclass(frozen=True)
class SoftGate(Surrogate):
    """(4 / tau) sigmoid(tau (rho - 1)) A: slope 1 at rho = 1, fading smoothly on both sides; tau differs with the sign of A.

    Gao et al. 2025, "Soft Adaptive Policy Optimization", arXiv:2511.20347: the gradient is that of `Linear` times 4 p (1 - p) with p the sigmoid. A
    larger temperature for negative advantages fades them faster (their defaults 1.0 and 1.05). At rho = 1 the value is 2 A / tau: no estimate of the return.
    """

    paper = "arXiv:2511.20347"

    positive: float = 1.0
    """tau where A > 0."""
    negative: float = 1.05
    """tau where A <= 0."""

    def __post_init__(self) -> None:
        check_range("positive", self.positive, 0.0, open_low=True)
        check_range("negative", self.negative, 0.0, open_low=True)

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        positive, negative = ratio_BT.new_tensor([self.positive, self.negative])
        tau_BT = torch.where(advantage_BT > 0, positive, negative)
        return torch.sigmoid(tau_BT * (ratio_BT - 1.0)) * (4.0 / tau_BT) * advantage_BT

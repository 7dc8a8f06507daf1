"""Dual-clip PPO: a floor under what a bad action can cost."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.surrogate import Clip, Surrogate


@dataclass(frozen=True)
class DualClip(Surrogate):
    """Clip for A >= 0; for A < 0 max(min(rho A, clip(rho) A), cap A): where rho > cap the objective is cap A and has no gradient.

    Ye et al. 2020, "Mastering Complex Control in MOBA Games with Deep Reinforcement Learning", arXiv:1912.09729, the dual-clip objective (c = 3).
    RIFT (arXiv:2505.03344) uses it in place of a KL term.
    """

    catalogue = "rift"
    paper = "arXiv:1912.09729"

    low: float = 0.2
    high: float = 0.2
    cap: float = 3.0
    """c > 1: the largest ratio that a negative advantage is multiplied by."""

    def __post_init__(self) -> None:
        check_range("low", self.low, 0.0, 1.0)
        check_range("high", self.high, 0.0)
        check_range("cap", self.cap, 1.0, open_low=True)

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        clipped_BT = Clip(self.low, self.high)(ratio_BT, advantage_BT)
        return torch.where(advantage_BT < 0, torch.maximum(clipped_BT, self.cap * advantage_BT), clipped_BT)

    def clipped(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        return Clip(self.low, self.high).clipped(ratio_BT, advantage_BT) | ((advantage_BT < 0) & (ratio_BT > self.cap))

"""What is maximised, given ratio and advantage."""

from __future__ import annotations

import abc
from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.pieces import Piece


class Surrogate(Piece):
    """Objective a token (to be maximised): `surrogate(ratio_BT, advantage_BT) -> objective_BT`."""

    @abc.abstractmethod
    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        """The objective `[B, T]`."""

    def clipped(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        """bool `[B, T]`: where the surrogate cuts the gradient off."""
        return torch.zeros_like(ratio_BT, dtype=torch.bool)


def score_function(ratio_BT: torch.Tensor) -> torch.Tensor:
    """rho / sg[rho]: value 1, gradient of log rho, whatever rho is (0 with no gradient where it has underflowed)."""
    return ratio_BT / ratio_BT.detach().clamp_min(torch.finfo(ratio_BT.dtype).tiny)


@dataclass(frozen=True)
class Linear(Surrogate):
    """rho A: no clipping."""

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        return ratio_BT * advantage_BT


@dataclass(frozen=True)
class Clip(Surrogate):
    """min(rho A, clip(rho, 1 - low, 1 + high) A): the pessimistic clipped objective of PPO.

    Schulman et al. 2017, arXiv:1707.06347, eq. 7; `high` larger than `low` is DAPO's clip-higher (arXiv:2503.14476, eq. 10).
    """

    paper = "arXiv:1707.06347, eq. 7"

    low: float = 0.2
    """Lower clip range (epsilon in the paper)."""
    high: float = 0.2
    """Upper clip range."""

    def __post_init__(self) -> None:
        check_range("clip.low", self.low, 0.0, 1.0)
        check_range("clip.high", self.high, 0.0)

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        bounded_BT = ratio_BT.clamp(1.0 - self.low, 1.0 + self.high)
        return torch.minimum(ratio_BT * advantage_BT, bounded_BT * advantage_BT)

    def clipped(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        above_BT = (ratio_BT > 1.0 + self.high) & (advantage_BT > 0)
        return above_BT | ((ratio_BT < 1.0 - self.low) & (advantage_BT < 0))

"""GPPO: clipped tokens keep a bounded gradient."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.surrogate import Clip, Surrogate, score_function


@dataclass(frozen=True)
class GradientPreservingClip(Surrogate):
    """min(rho A, clip(rho, (1 - low) rho/sg[rho], (1 + high) rho/sg[rho]) A): the value of `Clip`, but a clipped token's gradient is that of the
    bound times log pi, (1 + high) A or (1 - low) A, instead of nothing.

    Su et al. 2025, "Klear-Reasoner: Advancing Reasoning Capability via Gradient-Preserving Clipping Policy Optimization", arXiv:2508.07629, the GPPO objective.
    """

    paper = "arXiv:2508.07629"

    low: float = 0.2
    high: float = 0.28

    def __post_init__(self) -> None:
        check_range("low", self.low, 0.0, 1.0)
        check_range("high", self.high, 0.0)

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        above, below = ratio_BT.new_tensor([1.0 + self.high, 1.0 - self.low])
        bound_BT = torch.where(advantage_BT > 0, above, below) * score_function(ratio_BT)
        beyond_BT = Clip(self.low, self.high).clipped(ratio_BT, advantage_BT)
        return torch.where(beyond_BT, bound_BT, ratio_BT) * advantage_BT

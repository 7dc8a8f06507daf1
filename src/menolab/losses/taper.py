"""TOPR: likelihood for the good, truncated importance for the bad."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import BadInput, check_range
from menolab.losses.surrogate import Surrogate, score_function


@dataclass(frozen=True)
class Taper(Surrogate):
    """sg[w] A log pi with w = clip(rho, positive bounds) where A >= 0 and clip(rho, negative bounds) where A < 0.

    Le Roux et al. 2025, "Tapered Off-Policy REINFORCE", arXiv:2503.14286: positive bounds (1, 1), plain likelihood of good responses, and negative
    bounds (0, 1), so that a bad response that the policy has left behind is pushed no further. For their algorithm with `TrajectoryRatio` and `SequenceSum`.
    The value given is w A, the gradient that of sg[w] A log pi.
    """

    paper = "arXiv:2503.14286"

    positive: tuple[float, float] = (1.0, 1.0)
    """Least and largest weight of a token with advantage >= 0."""
    negative: tuple[float, float] = (0.0, 1.0)
    """Least and largest weight of a token with advantage < 0."""

    def __post_init__(self) -> None:
        for field, bounds in (("positive", self.positive), ("negative", self.negative)):
            if len(bounds) != 2:
                raise BadInput(field, bounds, "give the least and the largest weight")
            check_range(field, bounds[0], 0.0, bounds[1])

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        weight_BT = ratio_BT.detach()
        weight_BT = torch.where(advantage_BT >= 0, weight_BT.clamp(*self.positive), weight_BT.clamp(*self.negative))
        return weight_BT * advantage_BT * score_function(ratio_BT)

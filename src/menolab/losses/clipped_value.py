"""The value head's error, clipped as PPO's is."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.loss import LossInputs, masked
from menolab.losses.penalty import Penalty


@dataclass(frozen=True)
class ClippedValue(Penalty):
    """weight/2 max((V - R)^2, (V_old + clip(V - V_old, -range, range) - R)^2): no reward for leaving the neighbourhood of the old value.

    Schulman et al. 2017, arXiv:1707.06347, eq. 9 (c1, the squared error) with the clipping of their code: Huang et al. 2022, "The 37 Implementation Details of
    Proximal Policy Optimization", detail 9. The returns R are advantage plus old value.
    """

    paper = "arXiv:1707.06347, eq. 9"
    needs = frozenset({"values"})

    weight: float = 0.5
    """c1."""
    range: float = 0.2
    """How far V may move from its old value before it stops being paid for."""

    def __post_init__(self) -> None:
        check_range("weight", self.weight, 0.0)
        check_range("range", self.range, 0.0, open_low=True)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        assert inputs.values_BT is not None and inputs.old_values_BT is not None and inputs.returns_BT is not None
        value_BT, old_BT, return_BT = (masked(x_BT, inputs.mask_BT) for x_BT in (inputs.values_BT, inputs.old_values_BT, inputs.returns_BT))
        near_BT = old_BT + (value_BT - old_BT).clamp(-self.range, self.range)
        return self.weight * 0.5 * torch.maximum((value_BT - return_BT).square(), (near_BT - return_BT).square())

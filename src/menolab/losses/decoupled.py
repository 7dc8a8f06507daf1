"""Weights that set the first token apart from the rest."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.aggregation import Aggregation
from menolab.losses.loss import LossInputs


@dataclass(frozen=True)
class Decoupled(Aggregation):
    """1/N sum_i (alpha l_i0 + 1/T_i sum_{t >= 1} l_it): the first token weighs alpha however long the response is, the T_i others share 1.

    Fang et al. 2025 (Thinkless), arXiv:2505.13379, DeGRPO: the first token chooses the mode, and under a mean over the response its weight would be
    1 / (T_i + 1), small for long responses and large for short ones. The released code takes the mean of the others over all responses at once.
    """

    paper = "arXiv:2505.13379"

    alpha: float = 0.001
    """Weight of the control token; the value of the released script."""

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, 0.0)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        rest_BT = inputs.mask_BT.clone()
        rest_BT[:, :1] = False
        weights_BT = rest_BT.double() / rest_BT.sum(-1, keepdim=True).clamp_min(1)
        weights_BT[:, 0] = self.alpha * inputs.mask_BT[:, 0].double()
        return weights_BT / inputs.totals.rollouts

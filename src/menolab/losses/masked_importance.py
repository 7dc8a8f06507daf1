"""Importance sampling between the engine that sampled and the learner, with outliers left out."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.correction import Correction, check_level, sampler_mismatch
from menolab.losses.loss import LossInputs


@dataclass(frozen=True)
class MaskedImportance(Correction):
    """w = pi_learner(theta_old) / pi_sampler(theta_old) where low <= w <= high, else 0: MIS (both bounds: IcePop), which drops what TIS would cap.

    Liu, Li et al. 2025, "When Speed Kills Stability: Demystifying RL Collapse from the Training-Inference Mismatch" (upper bound), and Ling Team 2025,
    "IcePop" (both bounds), web pages without equation numbers. What is left out still counts in the denominators of the aggregation.
    """

    paper = "Liu, Li et al. 2025, richardli.xyz/rl-collapse"
    needs = frozenset({"recomputed_logprobs"})

    low: float = 0.0
    high: float = 2.0
    level: str = "token"
    """"token" or "sequence"."""

    def __post_init__(self) -> None:
        check_range("low", self.low, 0.0, self.high)
        check_range("high", self.high, 0.0, open_low=True)
        check_level(self.level)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        weight_BT = sampler_mismatch(inputs, self.level)
        return torch.where((weight_BT >= self.low) & (weight_BT <= self.high), weight_BT, 0.0)

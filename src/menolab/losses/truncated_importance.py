"""Truncated importance sampling between the engine that sampled and the learner."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.correction import Correction, check_level, sampler_mismatch
from menolab.losses.loss import LossInputs


@dataclass(frozen=True)
class TruncatedImportance(Correction):
    """min(pi_learner(theta_old) / pi_sampler(theta_old), cap): TIS, for engines whose probabilities differ from the learner's at the same weights.

    Yao et al. 2025, "Your Efficient RL Framework Secretly Brings You Off-Policy RL Training" (a web page, no equation numbers): the gradient of the PPO
    objective, whose ratio starts at the learner's own old policy, times that weight. With level "sequence" the product over the response, which leaves
    no bias but the cap's (Liu, Li et al. 2025, "When Speed Kills Stability").
    """

    paper = "Yao et al. 2025, fengyao.notion.site/off-policy-rl"
    needs = frozenset({"recomputed_logprobs"})

    cap: float = 2.0
    level: str = "token"
    """"token" or "sequence"."""

    def __post_init__(self) -> None:
        check_range("cap", self.cap, 0.0, open_low=True)
        check_level(self.level)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return sampler_mismatch(inputs, self.level).clamp_max(self.cap)

"""Learn from what went well only."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.losses.surrogate import Surrogate


@dataclass(frozen=True)
class PositiveOnly(Surrogate):
    """rho max(A, 0): with `OnPolicy` the likelihood of good responses weighted by advantage, and with reward 0 or 1 as credit that of right ones.

    Expert iteration, rejection-sampling fine-tuning and STaR in the form of a policy gradient: what is wrong is left out, not pushed away (Havrilla et al.
    2024, "Teaching Large Language Models to Reason with Reinforcement Learning", arXiv:2403.04642, compare it with PPO).
    """

    paper = "arXiv:2403.04642"

    def __call__(self, ratio_BT: torch.Tensor, advantage_BT: torch.Tensor) -> torch.Tensor:
        return ratio_BT * advantage_BT.clamp_min(0.0)

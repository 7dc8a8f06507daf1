"""Leave alone the bad responses that the policy has already left behind."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.correction import Correction
from menolab.losses.loss import LossInputs, masked, moved, rollout_mean


@dataclass(frozen=True)
class LeftBehind(Correction):
    """0 where A < 0 and the response's mean of log pi_old - log pi exceeds `limit`, else 1.

    DeepSeek-AI 2025, "DeepSeek-V3.2", arXiv:2512.02556, off-policy sequence masking: of what the policy has moved away from, only its own mistakes are worth
    unlearning. Right responses are kept however far.
    """

    paper = "arXiv:2512.02556"

    limit: float = 0.5
    """delta, nats a token."""

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 0.0)

    @torch.no_grad()
    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        far_B1 = rollout_mean(-moved(inputs), inputs.mask_BT)[:, None] > self.limit
        return 1.0 - (far_B1 & (masked(inputs.credit_BT, inputs.mask_BT) < 0)).to(inputs.logprobs_BT.dtype)

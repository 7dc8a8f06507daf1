"""Ratios of whole responses, as they are."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.losses.loss import FURTHEST, masked
from menolab.losses.ratio import Ratio


@dataclass(frozen=True)
class TrajectoryRatio(Ratio):
    """sg[pi(y|x) / pi_old(y|x)] pi_t / sg[pi_t]: the value of the whole response's ratio, the gradient of each token on its own.

    The importance weight of trajectories, unbiased where `TokenRatio` is not and of far larger variance; with `Linear` and `SequenceSum` the gradient is
    that of sum_i A_i pi(y_i|x)/pi_old(y_i|x) (Le Roux et al. 2025, arXiv:2503.14286, the off-policy objective that TOPR tapers). Its logarithm is
    bounded to +-20, which no taper or clip comes near.
    """

    paper = "arXiv:2503.14286"

    def __call__(self, logprobs_BT: torch.Tensor, old_logprobs_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        logprobs_BT = masked(logprobs_BT, mask_BT)
        sum_B1 = (logprobs_BT - masked(old_logprobs_BT, mask_BT)).detach().sum(-1, keepdim=True).clamp(-FURTHEST, FURTHEST)
        return masked(sum_B1 + logprobs_BT - logprobs_BT.detach(), mask_BT).exp()

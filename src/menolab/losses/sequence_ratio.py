"""Ratios of whole responses, normalised by their length: GSPO."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.losses.loss import masked, rollout_mean
from menolab.losses.ratio import Ratio


@dataclass(frozen=True)
class SequenceRatio(Ratio):
    """(pi(y|x) / pi_old(y|x))^(1/|y|), the geometric mean of the response's token ratios, the same for each of its tokens.

    Zheng et al. 2025, "Group Sequence Policy Optimization", arXiv:2507.18071. Under `SequenceMean` the mean over a response's tokens of equal
    terms is its one term a response. Clip ranges are of another order than GRPO's: 3e-4 and 4e-4 in the paper.
    """

    paper = "arXiv:2507.18071"

    def __call__(self, logprobs_BT: torch.Tensor, old_logprobs_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        gap_BT = masked(logprobs_BT, mask_BT) - masked(old_logprobs_BT, mask_BT)
        return masked(rollout_mean(gap_BT, mask_BT)[:, None].expand_as(gap_BT), mask_BT).exp()


@dataclass(frozen=True)
class SequenceTokenRatio(Ratio):
    """Value of `SequenceRatio`, gradient of each token on its own: sg[s_i] pi_t / sg[pi_t]. GSPO-token, for credit that differs within a response.

    Zheng et al. 2025, arXiv:2507.18071. Where all tokens of a response have one credit its loss and gradient are GSPO's.
    """

    paper = "arXiv:2507.18071"

    def __call__(self, logprobs_BT: torch.Tensor, old_logprobs_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        logprobs_BT = masked(logprobs_BT, mask_BT)
        mean_B1 = rollout_mean(logprobs_BT - masked(old_logprobs_BT, mask_BT), mask_BT).detach()[:, None]
        return masked(mean_B1 + logprobs_BT - logprobs_BT.detach(), mask_BT).exp()

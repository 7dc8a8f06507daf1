"""The covariance of log-probability and advantage, token by token: what drives the policy's entropy."""

from __future__ import annotations

import torch

from menolab.losses.loss import LossInputs, masked


@torch.no_grad()
def covariances(whole: LossInputs) -> torch.Tensor:
    """(log pi - mean log pi)(A - mean A) a token `[B, T]`, means over all tokens given; zero outside the mask.

    Cui et al. 2025, arXiv:2505.22617 (the token-wise covariance of Clip-Cov and KL-Cov). Its mean over tokens is the covariance, to which the
    fall of entropy in a step is proportional.
    """
    mask_BT = whole.mask_BT
    tokens = mask_BT.sum().clamp_min(1)
    logprobs_BT, credit_BT = masked(whole.logprobs_BT, mask_BT), masked(whole.credit_BT, mask_BT)
    return masked((logprobs_BT - logprobs_BT.sum() / tokens) * (credit_BT - credit_BT.sum() / tokens), mask_BT)


def of_rows(whole_BT: torch.Tensor, inputs: LossInputs) -> torch.Tensor:
    """The micro-batch's part of a tensor over the whole update, cut to the micro-batch's width."""
    assert inputs.row_B is not None
    return whole_BT[inputs.row_B, : inputs.mask_BT.shape[1]]

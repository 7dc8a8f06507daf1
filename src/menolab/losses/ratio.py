"""How far the trained policy has moved from the one that sampled."""

from __future__ import annotations

import abc
from dataclasses import dataclass

import torch

from menolab.losses.loss import masked
from menolab.pieces import Piece


class Ratio(Piece):
    """Importance ratio `[B, T]` of the trained policy to the sampling policy, with its gradient; 1 outside the mask."""

    @abc.abstractmethod
    def __call__(self, logprobs_BT: torch.Tensor, old_logprobs_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        """The ratio a token."""


@dataclass(frozen=True)
class TokenRatio(Ratio):
    """pi(o_t | ...) / pi_old(o_t | ...), each token on its own. Schulman et al. 2017, arXiv:1707.06347, section 3."""

    paper = "arXiv:1707.06347, section 3"

    def __call__(self, logprobs_BT: torch.Tensor, old_logprobs_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        return (masked(logprobs_BT, mask_BT) - masked(old_logprobs_BT, mask_BT)).exp()


@dataclass(frozen=True)
class OnPolicy(Ratio):
    """Value 1, gradient of log pi: the plain score function, which ignores that the policy may have moved since it sampled.

    exp(log pi - stop_gradient(log pi)) has value 1 and gradient grad log pi, so with surrogate `Linear` the loss is -A log pi in all that matters:
    REINFORCE (Williams 1992, "Simple statistical gradient-following algorithms", eq. 4).
    """

    paper = "Williams 1992, eq. 4"

    def __call__(self, logprobs_BT: torch.Tensor, old_logprobs_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        logprobs_BT = masked(logprobs_BT, mask_BT)
        return (logprobs_BT - logprobs_BT.detach()).exp()

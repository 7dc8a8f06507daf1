"""What a token's surrogate is multiplied by, besides its credit: corrections for who sampled it, and tokens left out of the gradient."""

from __future__ import annotations

import abc
from dataclasses import dataclass

import torch

from menolab.errors import BadInput
from menolab.losses.loss import FURTHEST, LossInputs, masked
from menolab.pieces import Piece

LEVELS = ("token", "sequence")
"""Whether a weight is a token's own or that of its whole response."""


class Correction(Piece):
    """A factor a token `[B, T]`, without gradient: `correction(inputs)`; anything outside the mask, but finite."""

    @abc.abstractmethod
    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        """The factor a token."""


@dataclass(frozen=True)
class NoCorrection(Correction):
    """Every token as it is."""

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return torch.ones_like(inputs.logprobs_BT)


def check_level(level: str) -> None:
    """Raise `BadInput` unless it is one of `LEVELS`."""
    if level not in LEVELS:
        raise BadInput("level", level, f"must be {' or '.join(LEVELS)}")


@torch.no_grad()
def sampler_mismatch(inputs: LossInputs, level: str) -> torch.Tensor:
    """pi_learner / pi_sampler at the weights that sampled `[B, T]`: a token's own, or the product over its response; 1 outside the mask."""
    assert inputs.recomputed_logprobs_BT is not None
    gap_BT = masked(inputs.recomputed_logprobs_BT, inputs.mask_BT) - masked(inputs.old_logprobs_BT, inputs.mask_BT)
    if level == "sequence":
        gap_BT = masked(gap_BT.sum(-1, keepdim=True).expand_as(gap_BT), inputs.mask_BT)
    return gap_BT.clamp(-FURTHEST, FURTHEST).exp()

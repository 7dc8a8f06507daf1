"""Which policy a squared loss measures its distance from."""

from __future__ import annotations

import abc
from dataclasses import dataclass

import torch

from menolab.losses.loss import LossInputs, masked
from menolab.pieces import Piece


class Anchor(Piece):
    """A policy that does not learn: `anchor(inputs)` gives its log-probabilities `[B, T]`; anything outside the mask."""

    @abc.abstractmethod
    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        """Log-probabilities a token. Nats."""


@dataclass(frozen=True)
class SampledPolicy(Anchor):
    """The policy that sampled: every batch sets out from where it was drawn."""

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return inputs.old_logprobs_BT


@dataclass(frozen=True)
class ReferencePolicy(Anchor):
    """The frozen reference policy: the whole run is held to where it began."""

    needs = frozenset({"reference_logprobs"})

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        assert inputs.reference_logprobs_BT is not None
        return inputs.reference_logprobs_BT


def distance(inputs: LossInputs, anchor: Anchor) -> torch.Tensor:
    """log pi - log pi_anchor a token `[B, T]`, with gradient; zero outside the mask."""
    return masked(inputs.logprobs_BT, inputs.mask_BT) - masked(anchor(inputs), inputs.mask_BT)

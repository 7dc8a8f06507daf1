"""What a loss is: one record in, one record out."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from menolab.pieces import Piece
from menolab.records import Totals


@dataclass(frozen=True)
class LossInputs:
    """What a loss may read about one micro-batch. Values where `mask_BT` is False mean nothing and may be NaN."""

    logprobs_BT: torch.Tensor
    """Log-probabilities under the policy being trained; carries the gradient. Nats."""
    old_logprobs_BT: torch.Tensor
    """Under the policy that sampled, as sampled."""
    credit_BT: torch.Tensor
    """Advantage a token."""
    mask_BT: torch.Tensor
    """bool, True on response tokens."""
    totals: Totals
    """Of the whole update, not of this micro-batch."""
    entropy_BT: torch.Tensor | None = None
    """Of the policy's next-token distribution; given when a part needs "entropy". Nats."""
    reference_logprobs_BT: torch.Tensor | None = None
    """Under the frozen reference policy; given when a part needs "reference_logprobs"."""


@dataclass(frozen=True)
class LossOutputs:
    """What a loss says about one micro-batch: its share of the update's loss, to be summed over micro-batches."""

    loss: torch.Tensor
    """Scalar; the sum over all micro-batches is the loss of the update."""
    metrics: Mapping[str, float]
    """Named shares, each summed over micro-batches (already divided by the update's totals)."""


class Loss(Piece):
    """Credit to gradient: `loss(inputs) -> LossOutputs`."""

    @property
    def silent_without_credit(self) -> bool:
        """Whether a rollout whose credit is all zero gives no gradient, so that the learner may skip it."""
        return False

    @abc.abstractmethod
    def __call__(self, inputs: LossInputs) -> LossOutputs:
        """This micro-batch's share of the update's loss. Adding shares over any partition of the rollouts gives the same loss and gradient."""


def masked(values_BT: torch.Tensor, mask_BT: torch.Tensor, fill: float = 0.0) -> torch.Tensor:
    """`values_BT` with `fill` outside the mask.

    Trap: apply it to the *inputs* of a formula. NaN times zero is NaN, and where() after a NaN-producing operation still sends NaN backwards.
    """
    return torch.where(mask_BT, values_BT, torch.full((), fill, dtype=values_BT.dtype, device=values_BT.device))

"""What a loss is: one record in, one record out."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from menolab.pieces import Piece
from menolab.records import Totals

FURTHEST = 20.0
"""Largest log-ratio of a whole response that is taken at its word: exp(20) is beyond every cap, and float32 ends at exp(88)."""


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
    reward_B: torch.Tensor
    """Of the rollout; NaN where unscorable, and such rollouts are no members of their group."""
    group_B: torch.Tensor
    """int64, equal for rollouts of one problem."""
    group_tokens_B: torch.Tensor
    """int64, response tokens that the rollout's group has in the whole update, micro-batches or not."""
    sampled_entropy: float
    """Mean negative log-probability of the update's tokens as sampled: an unbiased estimate of the sampler's entropy a token. Nats."""
    entropy_BT: torch.Tensor | None = None
    """Of the policy's next-token distribution; given when a part needs "entropy", with a gradient when one needs "entropy_gradient". Nats."""
    reference_logprobs_BT: torch.Tensor | None = None
    """Under the frozen reference policy; given when a part needs "reference_logprobs"."""
    recomputed_logprobs_BT: torch.Tensor | None = None
    """Under the weights that sampled, as the *learner* computes them; given when a part needs "recomputed_logprobs". Where it is given, ratios
    start from it, and what the sampler said serves the correction alone."""
    normaliser_B: torch.Tensor | None = None
    """log-sum-exp of the policy's logits (over the temperature) at the first response position, with gradient; for "normalisers". Nats."""
    values_BT: torch.Tensor | None = None
    """The critic's values, with gradient; given, as the two below, when a part needs "values"."""
    old_values_BT: torch.Tensor | None = None
    """The critic's values when the batch was sampled."""
    returns_BT: torch.Tensor | None = None
    """What the values are regressed on: an estimate of the advantage plus the old value."""
    whole: LossInputs | None = None
    """The whole update under the present weights, without gradient; given when a part needs "whole_update"."""
    row_B: torch.Tensor | None = None
    """int64, where this micro-batch's rollouts are in `whole`."""


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

    @property
    def whole_groups(self) -> bool:
        """Whether rollouts of one problem must come in one micro-batch (and one update)."""
        return False

    @abc.abstractmethod
    def __call__(self, inputs: LossInputs) -> LossOutputs:
        """This micro-batch's share of the update's loss. Adding shares over any partition of the rollouts gives the same loss and gradient
        (of the groups, where `whole_groups`)."""


def masked(values_BT: torch.Tensor, mask_BT: torch.Tensor, fill: float = 0.0) -> torch.Tensor:
    """`values_BT` with `fill` outside the mask.

    Trap: apply it to the *inputs* of a formula. NaN times zero is NaN, and where() after a NaN-producing operation still sends NaN backwards.
    """
    return torch.where(mask_BT, values_BT, torch.full((), fill, dtype=values_BT.dtype, device=values_BT.device))


def moved(inputs: LossInputs) -> torch.Tensor:
    """log pi - log pi_old a token `[B, T]`, with gradient; zero outside the mask."""
    return masked(inputs.logprobs_BT, inputs.mask_BT) - masked(inputs.old_logprobs_BT, inputs.mask_BT)


def rollout_mean(values_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
    """Mean over each response's tokens `[B]`; zero for an empty response."""
    return masked(values_BT, mask_BT).sum(-1) / mask_BT.sum(-1).clamp_min(1)


def members(inputs: LossInputs) -> torch.Tensor:
    """bool `[B]`: rollouts that count in their group, those with a reward and at least one token."""
    return inputs.mask_BT.any(-1) & ~inputs.reward_B.isnan()


def drift(inputs: LossInputs) -> float:
    """Share of the update's mean over tokens of the k3 estimate of KL(old || new): how far the policy has moved since it sampled."""
    with torch.no_grad():
        moved_BT = moved(inputs)
        return float(((moved_BT.exp() - 1.0 - moved_BT) * inputs.mask_BT).double().sum()) / max(inputs.totals.tokens, 1)

"""GPPO: the value of clip-higher, a bounded gradient for clipped tokens."""

from __future__ import annotations

import math

from loss_cases import method_agrees, token_losses
from menolab.methods.gppo import gppo
from oracles import Case, Ragged, clipped_objective, gradient_preserving_slope, grpo_advantages, token_weights, weigh_case


def _loss(case: Case, logprobs: Ragged) -> float:
    clip_higher = lambda lp, old, a: clipped_objective(lp, old, a, 0.2, 0.28)  # noqa: E731
    return weigh_case(token_losses(case, logprobs, case.per_group(grpo_advantages), clip_higher), "TokenMean", case)


def _slopes(case: Case) -> Ragged:
    slope = lambda lp, old, a: gradient_preserving_slope(math.exp(lp - old), a, 0.2, 0.28)  # noqa: E731
    slopes = token_losses(case, case.logprobs, case.per_group(grpo_advantages), slope)
    return [[w * x for w, x in zip(*rows, strict=True)] for rows in zip(token_weights("TokenMean", case), slopes, strict=True)]


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    """Clipped tokens have the gradient of the bound."""
    method_agrees(gppo(), _loss, _slopes)

"""CISPO: every token's log-probability under a bounded weight."""

from __future__ import annotations

import math

from loss_cases import method_agrees, token_losses
from menolab.methods.cispo import cispo
from oracles import Case, Ragged, grpo_advantages, token_weights, weigh_case


def _loss(case: Case, logprobs: Ragged) -> float:
    return weigh_case(token_losses(case, logprobs, case.per_group(grpo_advantages), lambda lp, old, a: min(math.exp(lp - old), 5.0) * a), "TokenMean", case)


def _slopes(case: Case) -> Ragged:
    slopes = token_losses(case, case.logprobs, case.per_group(grpo_advantages), lambda lp, old, a: min(math.exp(lp - old), 5.0) * a)
    return [[w * x for w, x in zip(*rows, strict=True)] for rows in zip(token_weights("TokenMean", case), slopes, strict=True)]


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    """No token is dropped."""
    method_agrees(cispo(), _loss, _slopes)

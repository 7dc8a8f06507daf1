"""Cross-entropy of outcomes under an implicit reward."""

from __future__ import annotations

import math

import pytest
import torch

from loss_cases import agrees, credit_of, everything, uneven
from menolab.errors import BadInput
from menolab.losses.outcome_likelihood import OutcomeLikelihood
from oracles import Case, Ragged, log_ratio_sums


def _oracle(case: Case, logprobs: Ragged, beta: float) -> float:
    """arXiv:2502.01456, algorithm 1, line 8: every scorable response that is not empty, over all responses."""
    total = 0.0
    for s, r, n in zip(log_ratio_sums(logprobs, case.reference), case.rewards, case.lengths, strict=True):
        if r is not None and n:
            sigma = 1 / (1 + math.exp(-beta * s))
            total -= r * math.log(sigma) + (1 - r) * math.log(1 - sigma)
    return total / len(case.lengths)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("beta", [0.05, 1.0])
def test_value_and_gradient(seed: int, beta: float) -> None:
    case = uneven(seed)
    agrees(OutcomeLikelihood(beta), everything(case, credit_of(case)), case, lambda lps: _oracle(case, lps, beta))


def test_labels_are_outcomes_between_0_and_1() -> None:
    case = uneven(0)
    case.rewards = [7.0 if i % 2 else -3.0 for i in range(len(case.lengths))]
    beyond = OutcomeLikelihood()(everything(case, credit_of(case))).loss
    case.rewards = [float(i % 2) for i in range(len(case.lengths))]
    assert torch.equal(beyond, OutcomeLikelihood()(everything(case, credit_of(case))).loss)


def test_scores_far_from_zero_keep_a_finite_loss_and_gradient() -> None:
    case = uneven(1)
    case.reference = [[lp - 1e4 for lp in row] for row in case.logprobs]
    inputs = everything(case, credit_of(case))
    out = OutcomeLikelihood(1.0)(inputs)
    out.loss.backward()
    assert out.loss.isfinite() and inputs.logprobs_BT.grad is not None and inputs.logprobs_BT.grad.isfinite().all()


def test_values_that_make_no_sense() -> None:
    with pytest.raises(BadInput):
        OutcomeLikelihood(0.0)

"""GRPO: learns a bandit, and has the length bias that its successors remove."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from batches import batch_of, gradient_of, inputs_of
from menolab.advantages.advantage import credit
from menolab.methods.grpo import grpo
from menolab.pieces import all_needs
from oracles import Case


def test_one_bandit_is_learnt() -> None:
    """Softmax over four arms, one of them paying: GRPO's gradient finds it."""
    logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    generator = torch.Generator().manual_seed(0)
    method = grpo()
    for _ in range(60):
        arms = torch.multinomial(logits.detach().softmax(0), 16, replacement=True, generator=generator)
        case = Case(0)
        case.groups, case.lengths, case.rewards = [16], [1] * 16, [float(a == 2) for a in arms.tolist()]
        logprobs = logits.log_softmax(0)[arms]
        case.logprobs = case.old = case.reference = [[x] for x in logprobs.tolist()]
        inputs = replace(inputs_of(case, credit(batch_of(case, extra=0), method.advantage).double(), extra=0), logprobs_BT=logprobs[:, None])
        (grad,) = torch.autograd.grad(method.loss(inputs).loss, logits)
        logits.data -= 1.0 * grad
    assert logits.softmax(0)[2] > 0.95


def test_short_right_and_long_wrong_responses_are_favoured() -> None:
    case = Case(0)
    case.groups, case.lengths, case.rewards = [2], [2, 8], [1.0, 0.0]
    case.logprobs = [[-1.0] * 2, [-1.0] * 8]
    case.old = case.reference = case.logprobs
    short, long = (abs(row[0]) for row in gradient_of(grpo(), case))
    assert short == pytest.approx(4 * long)


def test_groups_with_equal_rewards_give_no_gradient() -> None:
    case = Case(1)
    case.rewards = [0.7] * len(case.lengths)
    assert all(x == 0 for row in gradient_of(grpo(), case) for x in row)


def test_the_reference_is_asked_for_only_where_it_counts() -> None:
    assert all_needs(grpo()) == frozenset() and all_needs(grpo(beta=0.04)) == {"reference_logprobs"}

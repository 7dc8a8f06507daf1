"""SAPO: a soft gate in place of the clip."""

from __future__ import annotations

import torch

from loss_cases import method_agrees, method_inputs, token_losses, uneven
from menolab.methods.grpo import grpo
from menolab.methods.sapo import sapo
from oracles import Case, Ragged, grpo_advantages, soft_gated_objective, weigh_case


def _loss(case: Case, logprobs: Ragged) -> float:
    gate = lambda lp, old, a: soft_gated_objective(lp, old, a, 1.0, 1.05)  # noqa: E731
    return weigh_case(token_losses(case, logprobs, case.per_group(grpo_advantages), gate), "SequenceMean", case)


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    method_agrees(sapo(), _loss)



def test_on_policy_its_gradient_is_that_of_grpo() -> None:
    case = uneven(0)
    case.old = case.logprobs
    ours, theirs = method_inputs(case, sapo()), method_inputs(case, grpo())
    sapo().loss(ours).loss.backward()
    grpo().loss(theirs).loss.backward()
    torch.testing.assert_close(ours.logprobs_BT.grad, theirs.logprobs_BT.grad)

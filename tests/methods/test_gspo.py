"""GSPO: one clipped ratio a response."""

from __future__ import annotations

import torch

from loss_cases import method_agrees, method_inputs, uneven
from menolab.methods.grpo import grpo
from menolab.methods.gspo import gspo
from oracles import Case, Ragged, geometric_mean_ratio, grpo_advantages, mean


def _objective(low: float, high: float):
    def loss(case: Case, logprobs: Ragged) -> float:
        terms = []
        for lps, olds, a in zip(logprobs, case.old, case.per_group(grpo_advantages), strict=True):
            s = geometric_mean_ratio(lps, olds)
            terms.append(-min(s * a, min(max(s, 1 - low), 1 + high) * a) if lps else 0.0)
        return mean(terms)

    return loss


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    method_agrees(gspo(), _objective(3e-4, 4e-4))
    method_agrees(gspo(low=0.1, high=0.2), _objective(0.1, 0.2))



def test_on_policy_its_gradient_is_that_of_grpo() -> None:
    case = uneven(0)
    case.old = case.logprobs
    ours, theirs = method_inputs(case, gspo()), method_inputs(case, grpo())
    gspo().loss(ours).loss.backward()
    grpo().loss(theirs).loss.backward()
    torch.testing.assert_close(ours.logprobs_BT.grad, theirs.logprobs_BT.grad)

"""AR and Lopti: reweighted credit, unlikely tokens first."""

from __future__ import annotations

import math

import pytest
import torch

from credit_cases import CreditCase, check_gradient, credit_batch
from menolab.advantages.advantage import Chain, credit
from menolab.methods.ar_lopti import ar_lopti
from oracles import grpo_advantages


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_from_rewards_to_gradient(seed: int, alpha: float) -> None:
    """alpha = 0 is GRPO."""
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, ar_lopti(alpha=alpha), lambda b, t: weights[b] * (alpha * math.exp(case.old[b][t]) + 1 - alpha), "SequenceMean", (0.2, 0.2))


@pytest.mark.parametrize("seed", range(3))
def test_each_pass_has_the_gradient_of_its_own_tokens(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    low, high = ar_lopti(alpha=0.0).passes
    for part, likely in ((low, False), (high, True)):
        own = ar_lopti(alpha=0.0)
        object.__setattr__(own, "advantage", Chain((own.advantage, part)))
        check_gradient(case, own, lambda b, t, likely=likely: weights[b] * ((math.exp(case.old[b][t]) > 0.5) == likely), "SequenceMean", (0.2, 0.2))


def test_the_two_passes_share_all_credit_between_them() -> None:
    batch = credit_batch(CreditCase(1))
    whole = credit(batch, ar_lopti().advantage)
    first, second = (credit(batch, part, whole) for part in ar_lopti().passes)
    assert torch.equal(first + second, whole) and (first != 0).any() and (second != 0).any()

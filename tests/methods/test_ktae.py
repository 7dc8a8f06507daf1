"""KTAE: GRPO plus token values."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient, credit_batch, one_group
from menolab.advantages.advantage import credit
from menolab.methods.grpo import grpo
from menolab.methods.ktae import ktae
from oracles import grpo_advantages


@pytest.mark.parametrize("seed", range(3))
def test_without_weight_it_is_grpo(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, ktae(scale=0.0), lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))


def test_key_tokens_stand_out_within_a_response() -> None:
    """Token 7 is in right responses only, 8 in wrong ones only, 5 in all of them."""
    case = one_group([1.0, 1.0, 0.0, 0.0], [[5, 7], [5, 7], [5, 8], [5, 8]])
    batch = credit_batch(case)
    extra = credit(batch, ktae().advantage) - credit(batch, grpo().advantage)
    assert extra[0, 1] > 0.1 and extra[2, 1] < -0.1 and extra[:, 0].abs().max() < 1e-6

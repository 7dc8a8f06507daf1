"""S-GRPO: the gradient is that of the tokens taken."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient, credit_batch
from menolab.advantages.token_subset import TokenSubset
from menolab.methods.stochastic_grpo import stochastic_grpo
from oracles import grpo_advantages


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    """1/G sum_i 1/|T_i| sum over t in T_i."""
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    taken = TokenSubset(0.1, 0.5, 0.25).taken(credit_batch(case))

    def advantage(b: int, t: int) -> float:
        return weights[b] * float(taken[b, t]) * case.lengths[b] / int(taken[b].sum())

    check_gradient(case, stochastic_grpo(first=0.1, share=0.5, most=0.25), advantage, "SequenceMean")


@pytest.mark.parametrize("seed", range(3))
def test_with_all_tokens_it_is_grpo_on_policy(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, stochastic_grpo(first=1.0, most=1.0), lambda b, t: weights[b], "SequenceMean")

"""LOOP: leave-one-out advantages under PPO's clip."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient, credit_batch
from menolab.advantages.advantage import credit
from menolab.methods.loop import loop
from oracles import leave_one_out_advantages, mean


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(leave_one_out_advantages)
    check_gradient(case, loop(), lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))


def test_advantages_are_the_scaled_deviations_and_sum_to_zero() -> None:
    case = CreditCase(3)
    case.lengths = [5] * 12
    case.old = case.reference = case.values = case.token_rewards = [[-1.0] * 5] * 12
    case.tokens, case.given = [[0] * 5] * 12, [0] * 12
    case.rewards = [0.0, 1.0, 1.0, 0.0, 0.3, 0.1, 0.9, 0.4, 1.0, 0.0, 0.5, 0.2]
    got = credit(credit_batch(case), loop().advantage)[:, 0].tolist()
    for start, size in ((0, 4), (4, 4), (8, 3)):
        own = case.rewards[start : start + size]
        expected = [size / (size - 1) * (r - mean(own)) for r in own]  # type: ignore[arg-type, operator]
        assert got[start : start + size] == pytest.approx(expected) and sum(got[start : start + size]) == pytest.approx(0.0, abs=1e-6)


def test_a_batch_is_used_more_than_once() -> None:
    assert loop().epochs * loop().minibatches == 4

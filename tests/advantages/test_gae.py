"""GAE: the recursion against the explicit sum."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check
from menolab.advantages.advantage import Chain
from menolab.advantages.gae import GAE
from menolab.advantages.kl_in_reward import KLInReward


def _delta(case: CreditCase, b: int, t: int, discount: float, beta: float = 0.0) -> float:
    last = t == case.lengths[b] - 1
    reward = (case.reward(b) if last else 0.0) - beta * (case.old[b][t] - case.reference[b][t])
    return reward + (0.0 if last else discount * case.values[b][t + 1]) - case.values[b][t]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("discount", "decay", "beta"), [(1.0, 0.95, 0.0), (0.9, 0.5, 0.0), (0.97, 0.8, 0.2), (1.0, 0.0, 0.0)])
def test_explicit_sum(seed: int, discount: float, decay: float, beta: float) -> None:
    case = CreditCase(seed)

    def expected(b: int, t: int) -> float:
        return math.fsum((discount * decay) ** (s - t) * _delta(case, b, s, discount, beta) for s in range(t, case.lengths[b]))

    check(case, Chain((KLInReward(beta), GAE(discount, decay))), expected)


def test_with_decay_1_it_is_the_return_minus_the_value() -> None:
    case = CreditCase(2)
    check(case, GAE(0.9, 1.0), lambda b, t: 0.9 ** (case.lengths[b] - 1 - t) * case.reward(b) - case.values[b][t])


def test_with_decay_0_it_is_the_temporal_difference() -> None:
    case = CreditCase(2)
    check(case, GAE(0.9, 0.0), lambda b, t: _delta(case, b, t, 0.9))

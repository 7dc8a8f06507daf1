"""PRIME: the return of centred process rewards beside the outcome's."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check
from menolab.advantages.advantage import Chain
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.advantages.token_rewards import TokenRewards
from oracles import leave_one_out_advantages, mean


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("discount", [1.0, 0.9, 0.0])
def test_against_plain_python(seed: int, discount: float) -> None:
    case = CreditCase(seed)
    outcome = case.per_group(leave_one_out_advantages)

    def expected(b: int, t: int) -> float:
        others = [mean(case.token_rewards[i]) for i in case.scorable(case.group_of[b]) if i != b and case.lengths[i]]
        if not others:
            return outcome[b]
        return outcome[b] + math.fsum(discount ** (s - t) * (case.token_rewards[b][s] - mean(others)) for s in range(t, case.lengths[b]))

    check(case, Chain((LeaveOneOut(), TokenRewards(discount))), expected)

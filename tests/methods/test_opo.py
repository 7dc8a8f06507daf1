"""OPO: the policy gradient with the baseline of least variance."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.methods.opo import opo


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)

    def advantage(b: int, t: int) -> float:
        own = case.scorable(case.group_of[b])
        return case.reward(b) - sum(case.lengths[i] * case.reward(i) for i in own) / sum(case.lengths[i] for i in own)

    check_gradient(case, opo(), advantage, "SequenceSum")


def test_it_is_exactly_on_policy() -> None:
    assert opo().epochs == opo().minibatches == 1

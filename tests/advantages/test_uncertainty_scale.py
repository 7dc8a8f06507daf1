"""Observe-R1's weight: most where half are right."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check, one_group
from menolab.advantages.advantage import Chain
from menolab.advantages.uncertainty_scale import UncertaintyScale
from menolab.errors import BadInput


@pytest.mark.parametrize("seed", range(5))
def test_formula(seed: int) -> None:
    case = CreditCase(seed)

    def weight(b: int) -> float:
        own = [case.reward(i) for i in case.scorable(case.group_of[b])]
        p = sum(r >= 0.5 for r in own) / len(own)
        return 4 * 1.3 * p * (1 - p)

    check(case, UncertaintyScale(1.3, right=0.5), lambda b, t: case.reward(b) * weight(b))


@pytest.mark.parametrize("right", range(9))
def test_k_at_one_half_and_nothing_at_the_ends(right: int) -> None:
    rewards = [1.5] * right + [0.5] * (8 - right)  # the form's half does not make a response right
    case = one_group(rewards, [[1, 1]] * 8)
    p = right / 8
    check(case, Chain((UncertaintyScale(2.0),)), lambda b, t: rewards[b] * (8.0 * p * (1 - p)))
    assert (8.0 * p * (1 - p) == 2.0) == (right == 4)


def test_the_weight_is_no_penalty() -> None:
    with pytest.raises(BadInput):
        UncertaintyScale(-1.0)

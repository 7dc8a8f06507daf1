"""The z-score of a batch's rewards."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.batch_baseline import BatchBaseline
from menolab.advantages.batch_scale import BatchScale


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int, ddof: int) -> None:
    case = CreditCase(seed)
    scored = [r for r in case.rewards if r is not None]
    centre = math.fsum(scored) / len(scored)
    deviation = math.sqrt(math.fsum((r - centre) ** 2 for r in scored) / (len(scored) - ddof))
    check(case, Chain((BatchBaseline(), BatchScale(ddof))), lambda b, t: (case.reward(b) - centre) / deviation)


def test_equal_rewards_give_exactly_zero() -> None:
    got = credit(credit_batch(one_group([0.1] * 7, [[0]] * 7)), Chain((BatchBaseline(), BatchScale())))
    assert (got == 0).all()

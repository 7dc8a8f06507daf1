"""The scale for rewards between 0 and 1."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.bernoulli_scale import BernoulliScale
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.errors import BadInput
from oracles import mean

SCALED = Chain((GroupBaseline(), BernoulliScale()))


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(lambda rs: [(r - mean(rs)) / max(1e-3, math.sqrt(mean(rs) * (1 - mean(rs)))) for r in rs])
    check(case, SCALED, lambda b, t: weights[b])


def test_right_and_wrong_are_scaled_as_grpo_does() -> None:
    batch = credit_batch(one_group([1.0, 0.0, 0.0], [[0]] * 3))
    assert credit(batch, SCALED).allclose(credit(batch, Chain((GroupBaseline(), GroupScale(epsilon=0.0, ddof=0)))))


def test_a_small_difference_stays_small() -> None:
    small = credit(credit_batch(one_group([0.51, 0.49], [[0]] * 2)), SCALED)[0, 0]
    assert small == pytest.approx(0.02, abs=1e-4)


def test_rewards_outside_their_range_are_refused() -> None:
    with pytest.raises(BadInput, match="from 0 to 1"):
        credit(credit_batch(one_group([2.0, 0.0], [[0]] * 2)), SCALED)

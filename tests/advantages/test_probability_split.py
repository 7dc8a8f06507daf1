"""Lopti: likely and unlikely tokens apart."""

from __future__ import annotations

import math

import pytest
import torch

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.probability_split import ProbabilitySplit


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("likely", [False, True])
def test_against_plain_python(seed: int, likely: bool) -> None:
    case = CreditCase(seed)
    check(case, ProbabilitySplit(0.3, likely), lambda b, t: case.reward(b) if (math.exp(case.old[b][t]) > 0.3) == likely else 0.0)


@pytest.mark.parametrize("edge", [0.5, 0.05])
def test_the_two_sides_partition_the_tokens_at_the_ends_too(edge: float) -> None:
    """Probabilities of 0 (underflow), 1, just above 1 (rounding) and near the edge each belong to one side."""
    case = one_group([1.0], [[0] * 6])
    case.old = [[-1e5, math.log(edge), 0.0, 1e-7, -2.0, math.log(edge) + 1e-6]]
    batch = credit_batch(case)
    low, high = (credit(batch, ProbabilitySplit(edge, likely)) for likely in (False, True))
    assert torch.equal(low + high, credit(batch, Chain())) and (low * high == 0).all()
    assert low[0, 0] == 1 and high[0, 2] == high[0, 3] == high[0, 5] == 1

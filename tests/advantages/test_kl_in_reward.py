"""The k1 penalty a token, summed over what is still to come."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from credit_cases import CreditCase, check, credit_batch
from menolab.advantages.advantage import credit
from menolab.advantages.kl_in_reward import KLInReward
from menolab.pieces import all_needs


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)

    def expected(b: int, t: int) -> float:
        return case.reward(b) - 0.3 * math.fsum(case.old[b][s] - case.reference[b][s] for s in range(t, case.lengths[b]))

    check(case, KLInReward(0.3), expected)


def test_without_weight_and_at_the_reference_nothing_changes() -> None:
    case = CreditCase(1)
    check(case, KLInReward(0.0), lambda b, t: case.reward(b))
    case.reference = case.old
    check(case, KLInReward(5.0), lambda b, t: case.reward(b))
    assert all_needs(KLInReward()) == {"reference_logprobs"}


def test_only_the_attempts_of_one_turn_are_held() -> None:
    case = CreditCase(2)
    batch = replace(credit_batch(case), turn_B=torch.arange(len(case.lengths)) % 2)
    whole, none = credit(batch, KLInReward(0.3)), credit(batch, KLInReward(0.0))
    for turn in (0, 1):
        held = credit(batch, KLInReward(0.3, turn=turn))
        assert torch.equal(held[turn::2], whole[turn::2]) and torch.equal(held[1 - turn :: 2], none[1 - turn :: 2])
    alone = replace(batch, turn_B=None)
    assert torch.equal(credit(alone, KLInReward(0.3, turn=0)), whole) and torch.equal(credit(alone, KLInReward(0.3, turn=1)), none)

"""UFT: hints are learnt by likelihood, what follows by reinforcement."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from credit_cases import CreditCase, check, credit_batch
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.given_likelihood import GivenLikelihood
from menolab.advantages.group_baseline import GroupBaseline
from oracles import mean


@pytest.mark.parametrize("seed", range(4))
def test_given_tokens_have_the_weight_and_drawn_ones_their_advantage(seed: int) -> None:
    case = CreditCase(seed)
    centred = case.per_group(lambda rs: [r - mean(rs) for r in rs])
    check(case, Chain((GroupBaseline(), GivenLikelihood(0.25))), lambda b, t: 0.25 if t < case.given[b] else centred[b])


def test_without_hints_nothing_changes() -> None:
    batch = replace(credit_batch(CreditCase(0)), given_BT=None)
    assert torch.equal(credit(batch, Chain((GroupBaseline(), GivenLikelihood()))), credit(batch, GroupBaseline()))

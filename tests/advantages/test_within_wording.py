"""Share-GRPO's hierarchical advantage."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from credit_cases import CreditCase, credit_batch
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.within_wording import WithinWording
from oracles import grpo_advantages

GRPO = Chain((GroupBaseline(), GroupScale()))


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)
    wording = [0, 1, 0, -1, 0, 0, 1, 1, 1, 1, 1, 0]  # the third group (rows 8 to 10) has one wording, the last has one rollout
    batch = replace(credit_batch(case), wording_B=torch.tensor(wording))
    base = case.per_group(grpo_advantages)
    got = credit(batch, Chain((*GRPO.parts, WithinWording())))
    for b, length in enumerate(case.lengths):
        if case.rewards[b] is None:
            continue
        own = case.scorable(case.group_of[b])
        same = [i for i in own if wording[i] == wording[b]]
        several = len({wording[i] for i, g in enumerate(case.group_of) if g == case.group_of[b] and wording[i] >= 0}) > 1
        local = dict(zip(same, grpo_advantages([case.reward(i) for i in same]), strict=True))[b] if wording[b] >= 0 and several else 0.0
        assert got[b, :length].tolist() == pytest.approx([base[b] + local] * length, abs=1e-4)


def test_with_one_wording_it_is_grpo() -> None:
    batch = credit_batch(CreditCase(1))
    for wording_B in (None, torch.zeros(12, dtype=torch.int64), torch.tensor([0, 0, -1, -1] + [0] * 8)):
        assert torch.equal(credit(replace(batch, wording_B=wording_B), Chain((*GRPO.parts, WithinWording()))), credit(batch, GRPO))


def test_equal_rewards_give_exactly_nothing() -> None:
    case = CreditCase(0)
    case.rewards = [0.1] * 12
    batch = replace(credit_batch(case, dtype=torch.float32), wording_B=torch.arange(12) % 2)
    assert (credit(batch, Chain((*GRPO.parts, WithinWording()))) == 0).all()

"""RAIF: no gradient where reasoning did worse than none."""

from __future__ import annotations

import pytest
import torch

from credit_cases import CreditCase, check_gradient, credit_batch
from fakes import Sums, sums
from menolab.advantages.advantage import credit
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.methods.raif import raif
from menolab.rewards.judge import judge
from menolab.stages.collate import collate
from oracles import grpo_advantages
from thinker import Thinker


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)

    def kept(b: int) -> bool:
        bar = case.greedy[case.group_of[b]]
        return bar is None or case.answers[b] is None or case.reward(b) >= bar

    check_gradient(case, raif(), lambda b, t: weights[b] if kept(b) else 0.0, "SequenceMean", (0.2, 0.2))
    below_B = torch.tensor([not kept(b) for b in range(len(case.lengths))])
    assert below_B.any() and (credit(credit_batch(case), raif().advantage)[below_B] == 0).all()


@pytest.mark.parametrize(("need", "better"), [(10, True), (0, False)])
def test_the_contrast_is_drawn_and_judged_with_the_group(need: int, better: bool) -> None:
    """A model that must think to be right: its thoughts are at least as good as none. One that need not: its answer without a thought is right as well."""
    method = raif(group=4)
    groups = judge(method.sampler(Thinker(thought=20, need=need), sums(3), Decoding(max_tokens=200), Key.root(0)), Sums(), method.rewards, method.weights, 0.0)
    batch = collate(groups, 200)
    assert batch.yardstick_B is not None and batch.totals.rollouts == 9
    assert (batch.reward_B > batch.yardstick_B).all() == better and (batch.reward_B >= batch.yardstick_B).all()
    assert batch.reward_B.tolist() == [4.0] * 9, "form 2 and all constraints 2"

"""EIS-GRPO: what a judge that leans to one side is taught."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from menolab.advantages.advantage import credit
from menolab.curricula.filter import keep
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.methods.j4r import j4r
from menolab.records import Group
from menolab.rewards.judge import judge
from menolab.samplers.mirrored import mirror
from menolab.stages.collate import collate
from menolab.stages.reinforce import Reinforce
from menolab.tasks.comparisons import Comparisons
from oracles import grpo_advantages
from stub_engine import Stub

KEY = Key.root(1)
TASK = Comparisons()


def _credits(method: Reinforce, engine: Stub) -> tuple[list[Group], torch.Tensor]:
    groups = method.sampler(engine, [TASK(KEY.fold(i)) for i in range(5)], Decoding(), KEY)
    kept = keep(judge(groups, TASK, method.rewards, (1.0,), 0.0), method.filters)
    return kept, credit(collate(kept, 64), method.advantage)[:, 0]


def test_always_taking_the_first_is_punished_where_it_is_wrong() -> None:
    biased = Stub(says=lambda prompt, key: "<think></think><answer>1</answer>")
    kept, pooled = _credits(j4r(group=8), biased)
    rewards = [r.reward for g in kept for r in g.rollouts]
    assert len(kept) == 5 and all((c < 0) == (r == 0.0) and c != 0 for c, r in zip(pooled.tolist(), rewards, strict=True))
    expected = [a for g in kept for a in grpo_advantages([r.reward or 0.0 for r in g.rollouts])]
    assert pooled.tolist() == pytest.approx(expected, abs=1e-5)
    _, apart = _credits(replace(j4r(group=8), filters=()), biased)
    assert (apart == 0).all(), "order by order all rollouts are alike, and nothing is learnt"


def _train(method: Reinforce, steps: int = 60) -> tuple[float, float]:
    """A judge that says "first" with chance s(leaning + insight) where the first is right and s(leaning - insight) where it is not, trained with the
    method's own credit; gives the chance of one verdict under both orders, before and after."""
    theta = torch.tensor([2.5, 0.2])  # leaning, insight
    problems = [TASK(KEY.fold("train", i)) for i in range(24)]
    first_right = {face.prompt: face.answer == "1" for p in problems for face in (p, mirror(p)) if face is not None}

    def consistency() -> float:
        front, behind = torch.sigmoid(theta[0] + theta[1]).item(), torch.sigmoid(theta[0] - theta[1]).item()
        return front * (1 - behind) + (1 - front) * behind

    def says(prompt: str, key: Key) -> str:
        chance = torch.sigmoid(theta[0] + (theta[1] if first_right[prompt] else -theta[1])).item()
        return f"<think></think><answer>{1 if key.random().random() < chance else 2}</answer>"

    before = consistency()
    for step in range(steps):
        groups = method.sampler(Stub(says=says), problems, Decoding(), KEY.fold(step))
        kept = keep(judge(groups, TASK, method.rewards, (1.0,), 0.0), method.filters)
        credits = iter(credit(collate(kept, 64), method.advantage)[:, 0].tolist())
        ascent = torch.zeros(2)
        for r in (r for g in kept for r in g.rollouts):
            sign = 1.0 if first_right["".join(map(chr, r.prompt))] else -1.0
            chance = torch.sigmoid(theta[0] + sign * theta[1])
            ascent += next(credits) * (float("<answer>1" in r.text) - chance) * torch.tensor([1.0, sign])
        theta = theta + 0.01 * ascent
    return before, consistency()


def test_consistency_under_swapping_rises_with_training() -> None:
    before, after = _train(j4r(group=8))
    assert before < 0.2 and after > 0.85


@pytest.mark.parametrize("group", [7, 1])
def test_groups_are_even(group: int) -> None:
    with pytest.raises(BadInput):
        j4r(group=group)

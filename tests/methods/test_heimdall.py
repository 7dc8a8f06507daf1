"""Heimdall: twice the centred verdict, and a run that learns to judge."""

from __future__ import annotations

import pytest

from menolab.advantages.advantage import credit
from menolab.keys import Key
from menolab.methods.heimdall import heimdall
from menolab.rewards.judge import judge
from menolab.stages.collate import collate
from menolab.tasks.judgements import Judgements
from stub_engine import group_of


def test_credit_is_the_centred_reward_of_one_and_minus_one() -> None:
    method, task = heimdall(group=4), Judgements()
    problem = task(Key.root(0))
    other = "10"[int(problem.answer)]
    group = group_of(*(f"<think></think><answer>{a}</answer>" for a in (problem.answer, other, other, other)), problem=problem)
    (judged,) = judge([group], task, method.rewards, method.weights, 0.0)
    signs = [1.0, -1.0, -1.0, -1.0]
    assert credit(collate([judged], 64), method.advantage)[:, 0].tolist() == pytest.approx([s - sum(signs) / 4 for s in signs])

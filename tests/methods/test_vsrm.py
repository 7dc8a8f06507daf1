"""VSRM: idle steps lose, deciding ones win."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest

from menolab.advantages.advantage import credit
from menolab.methods.vsrm import vsrm
from menolab.records import Group, Probe
from menolab.rewards.judge import judge
from menolab.samplers.probed import Probed
from menolab.stages.collate import collate
from menolab.stages.reinforce import Reinforce
from reward_cases import Told, group

NEEDED, MOST, STEP = 2, 8, 3


def _sample(goes_on: list[float], rng: Random) -> tuple[Group, list[int]]:
    """Responses of some steps of three tokens each; an answer after k steps is right if k >= 2, whatever comes later."""
    steps = []
    for _ in range(8):
        n = 1
        while n < MOST and rng.random() < goes_on[n]:
            n += 1
        steps.append(n)
    made = group(*(("right" if n >= NEEDED else "wrong", STEP * n) for n in steps))
    probes = tuple(Probe(i, STEP * k, "right" if k >= NEEDED else "wrong", 1) for i, n in enumerate(steps) for k in range(n + 1) for _ in range(2))
    return replace(made, probes=probes), steps


def _train(method: Reinforce, updates: int = 150) -> tuple[float, float]:
    """A policy with one chance to go on after each step. Gives mean steps and accuracy at the end."""
    rng, logits = Random(0), [1.5] * (MOST + 1)
    for update in range(updates):
        goes_on = [1 / (1 + math.exp(-x)) for x in logits]
        made, steps = zip(*(_sample(goes_on, rng) for _ in range(4)), strict=True)
        judged = judge(made, Told(), method.rewards, (1.0,) * len(method.rewards), update / updates)
        credit_BT = credit(collate(judged, 100), method.advantage)
        for row, n in enumerate(n for each in steps for n in each):
            for k in range(1, n):  # going on after step k is the first token of step k + 1
                logits[k] += 0.05 * float(credit_BT[row, STEP * k]) * (1 - goes_on[k])
            if n < MOST:  # stopping is credited with the step that it ends
                logits[n] -= 0.05 * float(credit_BT[row, STEP * n - 1]) * goes_on[n]
    lengths = [n for _ in range(20) for n in _sample([1 / (1 + math.exp(-x)) for x in logits], rng)[1]]
    return sum(lengths) / len(lengths), sum(n >= NEEDED for n in lengths) / len(lengths)


def test_outputs_get_shorter_at_equal_accuracy_where_the_outcome_alone_leaves_them_long() -> None:
    short, right = _train(vsrm())
    long, also_right = _train(replace(vsrm(), rewards=vsrm().rewards[:1], advantage=vsrm().advantage.parts[1]))  # type: ignore[attr-defined]
    assert right > 0.9 and also_right > 0.9, (short, right, long, also_right)
    assert short < 0.75 * long, (short, long)


def test_credit_is_the_return_to_go_of_step_rewards_and_outcome() -> None:
    made, _ = _sample([0.0, 1.0, 1.0, 0.0, 0.0], Random(0))
    (judged,) = judge([made], Told(), vsrm().rewards, (1.0, 1.0), 0.0)
    row = judged.rollouts[0].token_rewards
    assert [row[t] for t in (2, 5, 8)] == pytest.approx([0.7, 1.0, 0.0]) and judged.rollouts[0].reward == 1.0
    returns = credit(collate([judged], 100), vsrm().advantage.parts[0])[0]  # type: ignore[attr-defined]
    assert [float(returns[t]) for t in (0, 2, 3, 5, 6, 8)] == pytest.approx([2.7, 2.7, 2.0, 2.0, 1.0, 1.0])


def test_parts() -> None:
    assert vsrm(group=2, answers=3).sampler == Probed(2, 3)

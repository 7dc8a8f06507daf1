"""A tail behind the answer is unlearnt, at equal accuracy."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

from menolab.advantages.advantage import credit
from menolab.methods.dual_redundancy_penalty import dual_redundancy_penalty
from menolab.records import Group, Problem, Rollout, Verdict, right, wrong
from menolab.rewards.judge import judge
from menolab.rewards.redundancy import Redundancy
from menolab.stages.collate import collate
from menolab.verifiers.extract import extract
from reward_cases import Told

TAIL = " but let us see it from another side, to be sure of it"


class _Twelve(Told):
    def verify(self, problem: Problem, text: str) -> Verdict:
        answer = extract(text).answer
        return right("compare", "", answer) if answer == "12" else wrong("compare", "", answer)


def test_a_tail_behind_the_answer_is_unlearnt() -> None:
    """A policy with one choice, whether it goes on behind its answer; it is right four times in five either way."""
    method, rng, logit = dual_redundancy_penalty(), Random(0), 0.5
    for _ in range(150):
        p = 1 / (1 + math.exp(-logit))
        tails = [rng.random() < p for _ in range(8)]
        texts = [f"<think>3*5=15 15-3=12{TAIL * tail}</think><answer>{'12' if rng.random() < 0.8 else '13'}</answer>" for tail in tails]
        made = Group(Problem("p", "t", "?", "12"), tuple(Rollout((1,), (2,), (-0.1,), text, "stop", i) for i, text in enumerate(texts)), 100)
        credit_B = credit(collate(judge([made], _Twelve(), method.rewards, (1.0,), 0.0), 100), method.advantage)[:, 0].tolist()
        logit += 0.1 * sum(own * (tail - p) for own, tail in zip(credit_B, tails, strict=True))
    assert 1 / (1 + math.exp(-logit)) < 0.1


def test_parts() -> None:
    assert dual_redundancy_penalty(group=4).rewards == (Redundancy(),) and replace(Redundancy(), steepness=5.0) != Redundancy()

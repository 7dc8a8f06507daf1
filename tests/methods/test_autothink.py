"""AutoThink: both modes stay alive, then each gets better, then shorter."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from bandits import sigmoid
from credit_cases import CreditCase, check_gradient
from judged import judged
from menolab.curricula.filter import Filter, keep
from menolab.methods.autothink import autothink, autothink_stage_1, autothink_stage_2
from menolab.records import Group
from menolab.rewards.by_mode import ByMode
from menolab.rewards.relative_length import RelativeLength
from oracles import grpo_advantages

THINK, SHORT = "<think>3+4=7</think><answer>7</answer>", "<think>\n...\n</think><answer>7</answer>"


@pytest.mark.parametrize("seed", range(3))
def test_the_ellipsis_is_not_learnt_and_the_rest_is_grpo(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, autothink(), lambda b, t: 0.0 if t < case.given[b] else weights[b], "SequenceMean", (0.2, 0.2))


def test_the_stages_differ_in_the_filter_and_in_the_length_term() -> None:
    assert autothink_stage_2() == replace(autothink_stage_1(), filters=()) == replace(autothink(), rewards=(ByMode(),))


EASY, HARD = {THINK: 0.95, SHORT: 0.9}, {THINK: 0.7, SHORT: 0.1}
"""Chances of being right in either mode."""


def _drawn(think: float, right: dict[str, float], size: int = 40) -> Group:
    """What a policy that thinks with this chance would draw, in its proportions."""
    rows = []
    for text, share in ((THINK, think), (SHORT, 1.0 - think)):
        count = max(1, round(share * size))
        rows += [(text, "right" if i < round(right[text] * count) else "wrong", 3) for i in range(count)]
    group = judged(*rows)
    return group.with_rollouts(tuple(replace(r, reward=v) for r, v in zip(group.rollouts, ByMode()(group, 0.0), strict=True)))


def _share_of_thinking(problems: list[dict[str, float]], filters: tuple[Filter, ...], steps: int = 300) -> float:
    """Of a policy that does not tell its problems apart yet."""
    logit = 0.0
    for _ in range(steps):
        p = sigmoid(logit)
        groups = keep([_drawn(p, right) for right in problems], filters)
        worth = {text: [r.reward or 0.0 for g in groups for r in g.rollouts if r.text == text] for text in (THINK, SHORT)}
        think, short = (math.fsum(values) / len(values) for values in worth.values())
        logit += 0.5 * p * (1.0 - p) * (think - short)
    return sigmoid(logit)


@pytest.mark.parametrize("problems", [[EASY, HARD], [EASY, EASY, EASY, HARD]], ids=["even", "mostly easy"])
def test_stage_1_keeps_both_modes_alive_where_the_base_rewards_would_not(problems: list[dict[str, float]]) -> None:
    plain, balanced = (_share_of_thinking(problems, method.filters) for method in (autothink_stage_2(), autothink_stage_1()))
    assert not 0.1 < plain < 0.9 and 0.2 < balanced < 0.8


def test_stage_3_shortens_right_answers() -> None:
    rng, lengths = random.Random(0), (10, 20, 40)
    logits, term = [0.0, 0.0, 0.0], RelativeLength(0.5, 0.5)
    for _ in range(300):
        top = [math.exp(x) for x in logits]
        chosen = rng.choices(range(3), top, k=8)
        for k, gain in zip(chosen, term(judged(*(("", "right", lengths[k]) for k in chosen)), 0.0), strict=True):
            logits = [x + 0.1 * (gain or 0.0) * ((i == k) - top[i] / sum(top)) for i, x in enumerate(logits)]
    top = [math.exp(x) for x in logits]
    assert sum(n * w for n, w in zip(lengths, top, strict=True)) / sum(top) < 15 < sum(lengths) / 3

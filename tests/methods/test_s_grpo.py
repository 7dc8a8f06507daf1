"""S-GRPO: exits move forward as far as the answer allows."""

from __future__ import annotations

import random

import pytest

from bandits import sigmoid
from credit_cases import CreditCase, check_gradient
from judged import judged
from menolab.methods.s_grpo import s_grpo
from oracles import mean


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(lambda rs: [r - mean(rs) for r in rs])
    check_gradient(case, s_grpo(), lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))


STEPS, NEED = 12, 4
"""Thoughts of at most so many steps, of which so many are enough to be right."""


def _expected(logits: list[float]) -> tuple[float, float]:
    """Mean length of the thought, and accuracy: at each step the policy closes with its own chance, at the end for sure."""
    alive, length, right = 1.0, 0.0, 0.0
    for k in range(STEPS + 1):
        ends = alive * (sigmoid(logits[k]) if k < STEPS else 1.0)
        length, right, alive = length + ends * k, right + ends * (k >= NEED), alive - ends
    return length, right


def test_the_mean_exit_moves_forward_without_loss_of_accuracy() -> None:
    rng, (term,) = random.Random(0), s_grpo().rewards
    logits = [-3.0] * STEPS
    before = _expected(logits)
    for _ in range(1500):
        full = next((k for k in range(STEPS) if rng.random() < sigmoid(logits[k])), STEPS)
        exits = sorted(rng.randint(1, full) for _ in range(5)) if full else []
        ends = [*exits, full]
        rows = [("<think>" + "x" * k + "</think>", "right" if k >= NEED else "wrong", k + 1) for k in ends]
        rewards = [v or 0.0 for v in term(judged(*rows), 0.0)]
        slope = [0.0] * STEPS
        for k, reward in zip(ends, rewards, strict=True):  # every exit is learnt whole: it went on before its end, and closed there
            credit = reward - mean(rewards)
            for step in range(min(k + 1, STEPS)):
                slope[step] += credit * ((step == k) - sigmoid(logits[step]))
        logits = [x + 0.05 * s for x, s in zip(logits, slope, strict=True)]
    after = _expected(logits)
    assert after[0] < 0.7 * before[0] and after[1] >= before[1]

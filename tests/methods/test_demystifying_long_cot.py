"""The cosine reward is hacked by repetition; its price stops that."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest

from menolab.advantages.advantage import credit
from menolab.methods.demystifying_long_cot import demystifying_long_cot
from menolab.records import Rollout
from menolab.rewards.cosine_length import CosineLength
from menolab.rewards.judge import judge
from menolab.rewards.token_repetition import TokenRepetition
from menolab.stages.collate import collate
from menolab.stages.reinforce import Reinforce
from reward_cases import Told, group, rollout

FRESH, AGAIN, STOP = range(3)


def _draw(logits: list[float], rng: Random, sample: int) -> tuple[Rollout, list[int]]:
    """Chunks of four tokens: new ones, a stock phrase, or the end; a hard problem, solved once in ten whatever is written."""
    weights = [math.exp(x) for x in logits]
    tokens: list[int] = []
    actions: list[int] = []
    while len(tokens) < 92:
        actions.append(rng.choices((FRESH, AGAIN, STOP), weights)[0])
        if actions[-1] == STOP:
            tokens.append(0)
            break
        tokens += [1, 2, 3, 4] if actions[-1] == AGAIN else [rng.randint(100, 100000) for _ in range(4)]
    return rollout("right" if rng.random() < 0.1 else "wrong", tokens, sample), actions


def _repeats(method: Reinforce, updates: int = 120) -> float:
    """Share of stock phrases among the chunks, after training a policy that at first mostly stops."""
    rng, logits = Random(1), [0.0, 0.5, 1.0]
    for _ in range(updates):
        drawn = [_draw(logits, rng, i) for i in range(16)]
        made = group().with_rollouts(tuple(r for r, _ in drawn))
        judged = judge([made], Told(), method.rewards, (1.0,) * len(method.rewards), 0.0)
        credit_BT = credit(collate(judged, 100), method.advantage)
        total = sum(map(math.exp, logits))
        probs = [math.exp(x) / total for x in logits]
        step = [0.0] * 3
        for row, (_, actions) in enumerate(drawn):
            for k, action in enumerate(actions):
                own = float(credit_BT[row, 4 * k])
                step = [s + own * ((a == action) - p) for a, (s, p) in enumerate(zip(step, probs, strict=True))]
        logits = [x + 0.02 * s for x, s in zip(logits, step, strict=True)]
    chunks = [a for i in range(50) for a in _draw(logits, rng, i)[1]]
    return chunks.count(AGAIN) / len(chunks)


def test_without_the_penalty_length_is_won_by_repetition_and_with_it_not() -> None:
    priced = demystifying_long_cot(n=4, penalty=0.5)
    free = replace(priced, rewards=(priced.rewards[0], TokenRepetition(4, 0.0)))
    assert _repeats(free) > 0.5 and _repeats(priced) < 0.1


def test_constants_of_the_authors_scripts() -> None:
    method = demystifying_long_cot()
    assert method.rewards == (CosineLength(2.0, 1.0, -10.0, 0.0, exceeded=-10.0), TokenRepetition(40, 0.05))


def test_the_penalty_is_discounted_by_itself() -> None:
    method = demystifying_long_cot(n=2, penalty=1.0, discount=0.5)
    made = group(("right", [1, 2, 1, 2]), ("right", [1, 2, 3, 4]))
    (judged,) = judge([made], Told(), method.rewards, (1.0, 1.0), 0.0)
    assert judged.rollouts[0].reward == judged.rollouts[1].reward, "repetition costs nothing in the outcome"
    returns = credit(collate([judged], 100), replace(method.advantage, parts=method.advantage.parts[:2]))[0]  # type: ignore[attr-defined, type-var]
    assert returns[:4].tolist() == pytest.approx([-0.375, -0.75, -1.5, -1.0])

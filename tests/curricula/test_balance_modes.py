"""AutoThink's stage 1: the mode that takes over pays less."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from judged import judged
from menolab.curricula.balance_modes import BalanceModes
from menolab.records import Group
from menolab.rewards.by_mode import ByMode

THINK, SHORT = "<think>3+4=7</think><answer>7</answer>", "<think>\n...\n</think><answer>7</answer>"


def _rewarded(*rows: tuple[str, str]) -> Group:
    group = judged(*((text, label, 3) for text, label in rows))
    return group.with_rollouts(tuple(replace(r, reward=v) for r, v in zip(group.rollouts, ByMode()(group, 0.0), strict=True)))


def _oracle(rows: list[tuple[str, str]], most: float, slope: float) -> list[float | None]:
    base = {("right", THINK): 1.0, ("wrong", THINK): 0.0, ("right", SHORT): 2.0, ("wrong", SHORT): -1.0}
    target = {("right", THINK): 0.0, ("wrong", THINK): -1.0, ("right", SHORT): 1.0, ("wrong", SHORT): -2.0}
    out: list[float | None] = []
    for text, label in rows:
        share = sum(other == text for other, _ in rows) / len(rows)
        pull = min(1.0, max(0.0, (share - most) * slope))
        out.append(None if label == "undecided" else (1 - pull) * base[label, text] + pull * target[label, text])
    return out


@pytest.mark.parametrize("seed", range(20))
def test_formula_over_the_whole_step(seed: int) -> None:
    rng = random.Random(seed)
    chance = rng.random()
    rows = [(THINK if rng.random() < chance else SHORT, rng.choice(["right", "wrong", "undecided"])) for _ in range(12)]
    kept = BalanceModes(0.5, 2.0)([_rewarded(*rows[:5]), _rewarded(*rows[5:])])
    assert [r.reward for g in kept for r in g.rollouts] == pytest.approx(_oracle(rows, 0.5, 2.0))


def test_even_modes_are_left_alone_and_one_alone_is_pulled_all_the_way() -> None:
    even = [_rewarded((THINK, "right"), (SHORT, "right"), (THINK, "wrong"), (SHORT, "wrong"))]
    assert BalanceModes()(even) == even
    (only,) = BalanceModes()([_rewarded((SHORT, "right"), (SHORT, "wrong"))])
    assert [r.reward for r in only.rollouts] == [1.0, -2.0]
    (only,) = BalanceModes()([_rewarded((THINK, "right"), (THINK, "wrong"))])
    assert [r.reward for r in only.rollouts] == [0.0, -1.0]
    assert BalanceModes(1.0)([only]) == [only], "with most = 1 it does nothing"

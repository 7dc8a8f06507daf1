"""LASER, LASER-D, LASER-DE: reward tables, and shorter at equal accuracy."""

from __future__ import annotations

import pytest

from menolab.methods.laser import laser, laser_d, laser_de
from menolab.records import Group
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.judge import judge
from menolab.stages.reinforce import Reinforce
from reward_cases import Lengths, Told, group


def _rewards(method: Reinforce, rows: Group) -> list[float | None]:
    (judged,) = judge([rows], Told(), method.rewards, (1.0,) * len(method.rewards), 0.0)
    return [r.reward for r in judged.rollouts]


ROWS = group(("right", 40), ("right", 60), ("wrong", 40), ("wrong", 60), ("none", 60), ("unsure", 40), limit=100)


def test_reward_table() -> None:
    assert _rewards(laser(), ROWS) == [1.5, 1.0, -0.5, -0.5, -1.0, None]
    short, medium = ("right", 20), ("right", 30)
    assert _rewards(laser_d(), group(*[short] * 5, *[medium] * 3)) == [1.5] * 5 + [1.0] * 3, "5 of 8 within 25, at least 5 right: target 25"
    assert _rewards(laser_de(), group(("right", 20), *[("wrong", 20)] * 2, ("wrong", 90))) == [1.5, -0.5, -0.5, -0.5], "1 of 4: hard, so the target covers all"


@pytest.mark.parametrize("method", [laser(target=0.3), laser_d(lowest=0.1), laser_de(lowest=0.1)], ids=["laser", "laser_d", "laser_de"])
def test_length_falls_at_equal_accuracy(method: Reinforce) -> None:
    policy = Lengths({"easy": lambda n: 0.9})
    before = policy.length("easy")
    policy.learn(method, steps=300)
    assert policy.length("easy") < 0.7 * before and policy.accuracy("easy") == pytest.approx(0.9)


def test_form_is_not_asked_for() -> None:
    """The toy's responses have no tags, and are paid all the same: the paper's scores look at the answer alone."""
    assert AnswerFormat()(ROWS, 0.0) == [0.0] * 6

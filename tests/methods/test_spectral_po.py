"""Spectral PO: GRPO where something is right, graded where nothing is."""

from __future__ import annotations

import pytest

from menolab.advantages.advantage import credit
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.methods.grpo import grpo
from menolab.methods.spectral_po import spectral_po
from menolab.records import Group, Rollout
from menolab.rewards.judge import judge
from menolab.stages.collate import collate
from menolab.tasks.countdown import Countdown

TASK = Countdown(numbers=2, largest=9, largest_target=20)


def _credit(texts: list[str]) -> dict[str, list[float]]:
    problem = next(p for i in range(500) if (p := TASK(Key.root(0).fold(i))).answer.replace(" ", "") in ("3+4", "4+3"))
    rollouts = tuple(Rollout((1,), (2, 3), (-0.1, -0.1), text, "stop", i) for i, text in enumerate(texts))
    found = {}
    for name, method in (("grpo", grpo()), ("spectral", spectral_po())):
        judged = judge([Group(problem, rollouts)], TASK, method.rewards, (1.0,) * len(method.rewards), 0.0)
        found[name] = credit(collate(judged, 16), method.advantage)[:, 0].tolist()
    return found


GOOD, LATE, EARLY = "4*3=12 4-3=1", "4*3=12 4-3=2", "4*3=13"
WRONG = "<think>{}</think><answer>4*3</answer>"


def test_all_wrong_groups_learn_where_grpo_stalls_and_mixed_groups_are_the_same() -> None:
    wrong = _credit([WRONG.format(x) for x in (GOOD, LATE, EARLY)])
    assert wrong["grpo"] == [0.0, 0.0, 0.0]
    best, middle, worst = wrong["spectral"]
    assert best > middle > worst and abs(best + middle + worst) < 1e-5
    mixed = _credit([WRONG.format(GOOD), WRONG.format(EARLY), "<think></think><answer>4+3</answer>"])
    assert mixed["grpo"] == mixed["spectral"] and mixed["grpo"][2] > 0


def test_a_grade_that_falls_with_right_steps_is_refused() -> None:
    with pytest.raises(BadInput, match="beta"):
        spectral_po(beta=-1.0)

"""Right, wrong and unreadable on a scale: the tables of Logic-RL and Code-R1."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.methods.code_r1 import code_r1
from menolab.methods.logic_rl import logic_rl
from menolab.records import Group, Rollout
from menolab.rewards.graded_answer import GradedAnswer
from menolab.rewards.judge import judge
from menolab.stages.reinforce import Reinforce
from menolab.tasks.knights_knaves import KnightsKnaves
from reward_cases import group

TASK = KnightsKnaves(wording="full")
PROBLEM = TASK(Key.root(0))
OTHER = PROBLEM.answer.replace("knight", "k").replace("knave", "knight").replace("k\n", "knave\n")
OTHER = OTHER if not OTHER.endswith(" k") else OTHER[:-1] + "knave"

FORMED, LOOSE = "<think>so</think><answer>{}</answer>", "so <think>so</think><answer>{}</answer> done"
TABLE = {
    "right": (FORMED.format(PROBLEM.answer), 3.0, 1.1),
    "wrong": (FORMED.format(OTHER), -0.5, 0.1),
    "unreadable": (FORMED.format("nobody knows"), -1.0, -0.9),
    "right, out of form": (LOOSE.format(PROBLEM.answer), -3.0, -1.1),
    "no answer": ("<think>so</think>", -3.0, -1.1),
    "cut off": ("<think>so", -3.0, -1.1),
    "tags twice": (FORMED.format(PROBLEM.answer) * 2, -3.0, -1.1),
}


def _total(method: Reinforce, text: str) -> float | None:
    weights = method.weights or (1.0,) * len(method.rewards)
    (judged,) = judge([Group(PROBLEM, (Rollout((1,), (2,), (-0.1,), text, "stop"),))], TASK, method.rewards, weights, 0.0)
    return judged.rollouts[0].reward


@pytest.mark.parametrize(("text", "logic", "code"), TABLE.values(), ids=TABLE)
def test_form_and_answer_together(text: str, logic: float, code: float) -> None:
    """Logic-RL: 1 + 2, 1 - 1.5, 1 - 2, -1 - 2. Code-R1: 0.1 + 1, 0.1 + 0, -0.1 - 1; text that is no program is -1 beside its form."""
    assert _total(logic_rl(), text) == pytest.approx(logic) and _total(code_r1(), text) == pytest.approx(code)


def test_undecided_is_unscorable_and_the_order_is_kept() -> None:
    assert GradedAnswer(formed=False)(group(("unsure", 2), ("right", 2), ("wrong", 2), ("none", 2)), 0.0) == [None, 2.0, -1.5, -2.0]
    assert GradedAnswer()(group(("unsure", 2), ("right", 2)), 0.0) == [None, -2.0], "the toy's responses have no tags"
    with pytest.raises(BadInput, match="wrong"):
        GradedAnswer(right=1.0, wrong=-3.0, unread=-2.0)

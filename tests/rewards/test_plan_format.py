"""The form of a planned response."""

from __future__ import annotations

import pytest

from menolab.records import Group, Problem, Rollout
from menolab.rewards.plan_format import PlanFormat

WHOLE = "<plan>a</plan><think>b</think><answer>1</answer>"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (WHOLE, 1.0),
        (f"\n<plan>a\nb</plan>\n{WHOLE[14:]}\n", 1.0),
        (WHOLE[14:], 0.0),
        (f"so {WHOLE}", 0.0),
        (f"{WHOLE} done", 0.0),
        (WHOLE.replace("<answer>1</answer>", ""), 0.0),
        (f"<plan>a</plan>{WHOLE}", 0.0),
        ("<plan>a<think>b</think><answer>1</answer>", 0.0),
        ("<think>b</think><answer>1</answer><plan>a</plan>", 0.0),
        ("", 0.0),
        (WHOLE.replace("<plan>a", "<plan><think>x</think><answer>2</answer>"), 0.0),
    ],
)
def test_plan_then_thought_then_answer(text: str, score: float) -> None:
    group = Group(Problem("p", "t", "?", "1"), (Rollout((1,), (2,), (-0.1,), text, "stop"),))
    assert PlanFormat()(group, 0.0) == [score]

"""The judge of arithmetic steps."""

from __future__ import annotations

import pytest

from menolab.records import Group, Problem, Rollout
from menolab.rewards.arithmetic_steps import ArithmeticSteps


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("<think>3+4=7 7*2=14</think>", 1.0),
        ("3+4=7 9-2=8 1+1=2", 1 / 3),  # what stands behind the first error does not count
        ("3+4=8 1+1=2", 0.0),
        ("(30-7)*2=46", 1.0),
        ("5-9=-4", 1.0),
        ("12 / 8 = 1", 0.0),
        ("7/0=1", 0.0),
        ("no steps, only x = 3 and 7", 0.0),
        ("1.5+2=4", 0.0),  # no equation that can be read: not "5+2=4"
        ("3+4=7.5", 0.0),
        ("1+1=2\n2+2=4\n3+3=7\n", 2 / 3),
        ("", 0.0),
    ],
)
def test_share_of_equations_before_the_first_error(text: str, share: float) -> None:
    group = Group(Problem("p", "t", "?", "1"), (Rollout((1,), (2,), (-0.1,), text, "stop"),))
    assert ArithmeticSteps()(group, 0.0) == pytest.approx([share])


def test_long_chains_take_no_time() -> None:
    group = Group(Problem("p", "t", "?", "1"), (Rollout((1,), (2,), (-0.1,), "1+" * 20_000, "stop"), Rollout((1,), (2,), (-0.1,), "(" * 20_000, "stop")))
    assert ArithmeticSteps()(group, 0.0) == [0.0, 0.0]

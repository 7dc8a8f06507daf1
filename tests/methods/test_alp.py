"""ALP: short on easy problems, long on hard ones."""

from __future__ import annotations

from menolab.methods.alp import alp
from reward_cases import Lengths


def test_easy_problems_get_shorter_answers_at_equal_accuracy() -> None:
    """Easy ones are solved at any length, hard ones the better the longer; both are long at first."""
    policy = Lengths({"easy": lambda n: 0.95, "hard": lambda n: 0.02 if n < 70 else 0.5})
    policy.learn(alp(beta=0.5), steps=400)
    assert policy.length("easy") < 20 and policy.length("hard") > 60, (policy.length("easy"), policy.length("hard"))
    assert policy.accuracy("easy") > 0.94 and policy.accuracy("hard") > 0.35

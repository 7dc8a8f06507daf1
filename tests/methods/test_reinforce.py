"""REINFORCE: one rollout a problem, compared with the batch."""

from __future__ import annotations

import pytest

from batches import gradient_of
from menolab.methods.reinforce import reinforce
from oracles import Case


def test_rollouts_of_different_problems_are_compared() -> None:
    case = Case(0)
    case.groups, case.lengths, case.rewards = [1, 1, 1], [2, 2, 2], [1.0, 0.0, 0.5]
    case.logprobs = [[-1.0] * 2] * 3
    case.old = case.reference = case.logprobs
    above, below, level = gradient_of(reinforce(), case)
    assert above == pytest.approx([-0.5 / 3] * 2, abs=1e-6) and below == pytest.approx([0.5 / 3] * 2, abs=1e-6) and level == [0.0, 0.0]

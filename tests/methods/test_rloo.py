"""RLOO: each rollout against the others of its group."""

from __future__ import annotations

import pytest

from batches import gradient_of
from menolab.methods.rloo import rloo
from oracles import Case


def test_with_two_rollouts_the_advantage_is_the_difference_of_rewards() -> None:
    case = Case(0)
    case.groups, case.lengths, case.rewards = [2], [3, 5], [0.9, 0.2]
    case.logprobs = [[-1.0] * 3, [-2.0] * 5]
    case.old = case.reference = case.logprobs
    first, second = gradient_of(rloo(), case)
    assert first == pytest.approx([-0.7 / 2] * 3, abs=1e-6) and second == pytest.approx([0.7 / 2] * 5, abs=1e-6)


def test_how_far_the_policy_has_moved_does_not_matter() -> None:
    """The plain score function: no importance ratio, no clipping."""
    near, far = Case(3), Case(3)
    far.old = [[lp - 3.0 for lp in row] for row in far.logprobs]
    assert gradient_of(rloo(), near) == gradient_of(rloo(), far)

"""Dr. GRPO: an unbiased policy gradient up to a constant, without length bias."""

from __future__ import annotations

import pytest

from batches import gradient_of
from menolab.methods.dr_grpo import dr_grpo
from menolab.methods.rloo import rloo
from oracles import Case


def test_dr_grpo_is_a_scaled_leave_one_out_policy_gradient() -> None:
    """On policy, with groups of G: its gradient is RLOO's times (G - 1) / (G L)."""
    case = Case(4)
    case.groups, case.old = [4, 4, 4], case.logprobs
    case.rewards = [0.0, 1.0, 1.0, 0.0, 0.3, 0.1, 0.9, 0.4, 1.0, 0.0, 0.5, 0.2]
    for ours, theirs in zip(gradient_of(dr_grpo(), case), gradient_of(rloo(), case), strict=True):
        assert ours == pytest.approx([x * 3 / 4 / case.limit for x in theirs], abs=1e-9)


def test_a_token_weighs_the_same_in_short_and_long_responses() -> None:
    case = Case(0)
    case.groups, case.lengths, case.rewards = [2], [2, 8], [1.0, 0.0]
    case.logprobs = [[-1.0] * 2, [-1.0] * 8]
    case.old = case.reference = case.logprobs
    short, long = (abs(row[0]) for row in gradient_of(dr_grpo(), case))
    assert short == pytest.approx(long)

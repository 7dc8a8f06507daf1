"""The reward of the last attempt alone."""

from __future__ import annotations

from menolab.records import Group, Problem, Rollout, right, undecided, wrong
from menolab.rewards.last_attempt import LastAttempt


def test_only_the_last_attempt_counts() -> None:
    fine, bad, unsure = right("c", "", "1"), wrong("c", ""), undecided("c", "")
    turns = [(0, fine), (0, unsure), (0, bad), (1, bad), (1, fine), (1, unsure)]
    rollouts = tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i % 3, v, turn=turn) for i, (turn, v) in enumerate(turns))
    assert LastAttempt()(Group(Problem("p", "t", "?", "1"), rollouts), 0.0) == [0.0, 0.0, 0.0, 0.0, 1.0, None]

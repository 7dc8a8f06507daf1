"""Reward for how far a wrong response was right, where all are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.arithmetic_steps import ArithmeticSteps
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class GradedFailure(Reward):
    """In a group without a right response, `worth` times the score of each response's steps; 0 for every response of any other group.

    Chen et al. 2025 (Spectral Policy Optimization), arXiv:2505.11595: groups of wrong responses get graded rewards from a judge of steps, below that of
    a right one, so that GRPO's advantages are not all zero; groups with a right response keep the binary reward. Added to `Accuracy`. Undecided
    verdicts count as not right.
    """

    paper = "arXiv:2505.11595"

    steps: Reward = ArithmeticSteps()
    """Judge of steps: a number from 0 to 1 a response."""
    worth: float = 0.5
    """Reward of a wrong response all of whose steps are right; below 1."""

    def __post_init__(self) -> None:
        check_range("worth", self.worth, 0.0, 1.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        if any(r.verdict is not None and r.verdict.right for r in group.rollouts):
            return [0.0] * len(group.rollouts)
        return [None if score is None else self.worth * score for score in self.steps(group, progress)]

"""Reward for how far a wrong response was right, where all are wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.arithmetic_steps import ArithmeticSteps
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class GradedFailure(Reward):
    """In a group without a right response, 1 / (1 + exp(-beta (s - gamma))) with s the score of each response's steps; 0 for every response of any other.

    Chen et al. 2025 (Spectral Policy Optimization, later Stepwise Guided Policy Optimization), arXiv:2505.11595, eq. 2: s, the share of a trajectory before
    its first error as a judge of steps sees it, is mapped by a logistic to a reward below that of a right response, so that GRPO's advantages are not all
    zero; groups with a right response keep the binary reward. The equation is taken from reviews and a reimplementation, the paper's text was not at
    hand: the latter writes the exponent with the other sign, which would pay less for more right steps; beta and gamma are its defaults. Added to
    `Accuracy`. Undecided verdicts count as not right.
    """

    paper = "arXiv:2505.11595, eq. 2"

    steps: Reward = ArithmeticSteps()
    """Judge of steps: a number from 0 to 1 a response."""
    beta: float = 5.0
    """Steepness."""
    gamma: float = 0.5
    """Score that is worth 1/2."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0, 500.0, open_low=True)
        check_range("gamma", self.gamma, 0.0, 1.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        if any(r.verdict is not None and r.verdict.right for r in group.rollouts):
            return [0.0] * len(group.rollouts)
        return [None if score is None else 1.0 / (1.0 + math.exp(-self.beta * (score - self.gamma))) for score in self.steps(group, progress)]

"""Reward for good thinking, as far as its judge can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.arithmetic_steps import ArithmeticSteps
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class TrustedThought(Reward):
    """gamma c exp(-t/T) r_thought, added to the outcome's reward; 0 in groups that are all right or all wrong.

    Fan et al. 2025 (SophiaVL-R1, Trust-GRPO), arXiv:2505.17018, and the authors' code: gamma = 1 where the judge's mean score of right responses is at
    least that of wrong ones, else exp(mean_right - mean_wrong): a judge who prefers wrong responses is not believed. c = 0.3 < 1, so that no judge
    turns the order of right and wrong round. The code also leaves wrong responses without a thinking reward, though not out of its mean; the paper
    gives it to all, as here. Undecided responses, and those the judge could not score, are in neither mean and unscorable.
    """

    paper = "arXiv:2505.17018"
    catalogue = "sophiavl-r1"

    judge: Reward = ArithmeticSteps()
    """Of the whole thought: a number from 0 to 1 a response. In the paper a model trained for it; `Verified` makes one of any verifier."""
    weight: float = 0.3
    """c."""
    decay: float = 0.5
    """T, share of the training after which it has fallen to 1/e."""

    def __post_init__(self) -> None:
        check_range("weight", self.weight, 0.0, 1.0)
        check_range("decay", self.decay, 0.0, open_low=True)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        scores = [None if decided(r) is None else score for r, score in zip(group.rollouts, self.judge(group, progress), strict=True)]
        factor = self.weight * math.exp(-progress / self.decay) * self.trust(group, scores)
        return [None if score is None else factor * score for score in scores]

    def trust(self, group: Group, scores: Sequence[float | None]) -> float:
        """gamma; 0 where there are not both right and wrong responses with a score."""
        of: dict[bool, list[float]] = {True: [], False: []}
        for r, score in zip(group.rollouts, scores, strict=True):
            right = decided(r)
            if score is not None and right is not None:
                of[right].append(score)
        if not of[True] or not of[False]:
            return 0.0
        return min(1.0, math.exp(fmean(of[True]) - fmean(of[False])))

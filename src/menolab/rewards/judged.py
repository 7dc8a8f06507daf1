"""Reward for what a judge says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.judges.grader import Grader
from menolab.judges.judge import Judge
from menolab.records import Group
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class Judged(Reward):
    """The score that a judge gives; None where it is undecided. The loop asks the judge about all groups of a round before the terms are counted.

    Su et al. 2025, "Crossing the Reward Bridge", arXiv:2503.23829, with `Grader`: a soft reward in [0, 1] tells responses apart that a binary one does not.
    """

    paper = "arXiv:2503.23829"
    needs = frozenset({"opinions"})

    judge: Judge = Grader()

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        opinions = [r.opinions.get(repr(self.judge)) for r in group.rollouts]
        return [None if opinion is None else opinion.score for opinion in opinions]

"""Reward for a plan that can be carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class PlanQuality(Reward):
    """The mean accuracy of all rollouts that carry out the same plan; None where none of them could be decided.

    Dou et al. 2025 (PTA-GRPO), arXiv:2510.01833: the plan's share of the reward. Rollouts of one plan begin their `path` alike, as `Planned` and
    `Tree` set it; rollouts without a path are all of one plan.
    """

    paper = "arXiv:2510.01833"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        scores: dict[tuple[int, ...], list[float]] = {}
        for r, score in zip(group.rollouts, Accuracy()(group, progress), strict=True):
            if score is not None:
                scores.setdefault(r.path[:1], []).append(score)
        means = {plan: fmean(found) for plan, found in scores.items()}
        return [means.get(r.path[:1]) for r in group.rollouts]

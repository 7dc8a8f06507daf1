"""A problem and its mirror image as one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.curricula.filter import Filter
from menolab.records import Group


@dataclass(frozen=True)
class PoolMirrored(Filter):
    """Joins a group with the one behind it where that is of its mirror: the rollouts of both are compared with one another.

    Xu et al. 2025 (J4R), arXiv:2505.13346, Equivalent Initial State GRPO: a judge that always takes the first is always right in one order and always
    wrong in the other, so within each order every rollout is as good as the others and nothing is learnt, while over both its bias costs it.
    """

    paper = "arXiv:2505.13346"

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        pooled: list[Group] = []
        alone = False  # whether the last of `pooled` may still be joined
        for group in groups:
            if alone and _mirrored(pooled[-1], group):
                both = (*pooled[-1].rollouts, *group.rollouts)
                pooled[-1] = pooled[-1].with_rollouts(tuple(replace(r, sample=i) for i, r in enumerate(both)))
                alone = False
            else:
                pooled.append(group)
                alone = True
        return pooled


def _mirrored(one: Group, other: Group) -> bool:
    seen = one.problem.facts.get("mirror")
    return one.problem.id == other.problem.id and seen is not None and seen["prompt"] == other.problem.prompt

"""Keep the problems that are neither solved nor hopeless."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.curricula.filter import Filter
from menolab.records import Group


@dataclass(frozen=True)
class MixedVerdicts(Filter):
    """Keeps groups with 0 < right < G, whatever their rewards: terms for length or form do not make a dead group worth an update.

    Yu et al. 2025 (DAPO), arXiv:2503.14476, eq. 11. With `draws` of the reinforcement loop above 1 this is dynamic sampling: problems are drawn until
    the step is full.
    """

    paper = "arXiv:2503.14476, eq. 11"

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        return [group for group in groups if 0 < right_count(group) < len(group.sampled)]


def right_count(group: Group) -> int:
    """How many of the group's sampled rollouts are right."""
    return sum(r.verdict is not None and r.verdict.right for r in group.sampled)

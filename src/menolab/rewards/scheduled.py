"""A term that comes and goes as training goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.group_length import GroupLength
from menolab.rewards.reward import Reward
from menolab.rewards.scaled import refuse_tokens
from menolab.schedules import Schedule, Stairs


@dataclass(frozen=True)
class Scheduled(Reward):
    """Another term times a schedule's value. By default the length penalty of Kimi k1.5 (arXiv:2501.12599), which starts once accuracy has come."""

    term: Reward = GroupLength()
    schedule: Schedule = Stairs((0.0, 1.0))

    def __post_init__(self) -> None:
        refuse_tokens(self.term, type(self).__name__)

    def fitted(self, groups: Sequence[Group], progress: float) -> Reward:
        return Scheduled(self.term.fitted(groups, progress), self.schedule)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        factor = self.schedule(progress)
        return [None if value is None else factor * value for value in self.term(group, progress)]

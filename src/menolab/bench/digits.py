"""A reward with variance everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class Digits(Reward):
    """The share of a response's characters that are digits: next to no group is without variance, so an update learns from every rollout."""

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [sum(c.isdigit() for c in r.text) / max(1, len(r.text)) for r in group.rollouts]

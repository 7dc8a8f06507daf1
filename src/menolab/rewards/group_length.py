"""Reward for being among the shorter ones of the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group, Rollout
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class GroupLength(Reward):
    """lambda = 0.5 - (len - min_len) / (max_len - min_len) for a right response, min(0, lambda) for a wrong one; 0 where all are equally long.

    Kimi Team 2025 (Kimi k1.5), arXiv:2501.12599, the "length penalty" of its reinforcement learning: min and max over the rollouts of the problem,
    whatever their verdicts. Added to `Accuracy` with a weight; the report starts it late (`Scheduled(GroupLength(), Stairs((0.0, 1.0)))`).
    """

    paper = "arXiv:2501.12599"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        lengths = [r.length for r in group.sampled]
        shortest, longest = min(lengths, default=0), max(lengths, default=0)
        return [self._value(r, shortest, longest) for r in group.rollouts]

    def _value(self, rollout: Rollout, shortest: int, longest: int) -> float | None:
        right = decided(rollout)
        if right is None:
            return None
        place = 0.5 - (rollout.length - shortest) / (longest - shortest) if longest > shortest else 0.0
        return place if right else min(0.0, place)

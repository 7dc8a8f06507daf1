"""Reward for being brief on what the model itself calls easy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group, Rollout
from menolab.rewards.difficulty_tag import EASY, tag
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class EasyLength(Reward):
    """(1 + cos(pi n / n_max)) / 2 for right responses that begin with [Easy], n_max the longest response of the group; 0 for all others.

    Huang et al. 2025 (AdaCtrl), arXiv:2505.18822, as in the authors' code: nothing is gained by being brief on what is called hard. None where the
    verifier was undecided.
    """

    paper = "arXiv:2505.18822"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        longest = max((r.length for r in group.rollouts), default=0)
        return [self._brevity(r, longest) for r in group.rollouts]

    def _brevity(self, r: Rollout, longest: int) -> float | None:
        right = decided(r)
        if not right or tag(r.text) != EASY:
            return None if right is None else 0.0
        return 0.5 * (1.0 + math.cos(math.pi * r.length / max(longest, 1)))

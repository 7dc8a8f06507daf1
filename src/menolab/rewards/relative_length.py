"""Reward for length against the other responses of the same outcome."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class RelativeLength(Reward):
    """exp(-alpha z) - 1 for right responses, 1 - exp(-beta z) for wrong ones, z their length standardised among the group's right (or wrong) ones.

    Tu et al. 2025 (AutoThink), arXiv:2505.10832, stage 3, as in the authors' code: of right responses the short ones gain, of wrong ones the long ones.
    Sample deviation, at least 1e-6 tokens; 0 for a response that is alone in its outcome, and None where the verifier was undecided.
    """

    paper = "arXiv:2505.10832"

    alpha: float = 0.05
    beta: float = 0.05

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, 0.0)
        check_range("beta", self.beta, 0.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        lengths: dict[bool | None, list[int]] = {}
        for r in group.rollouts:
            lengths.setdefault(decided(r), []).append(r.length)
        return [self._shaped(decided(r), r.length, lengths[decided(r)]) for r in group.rollouts]

    def _shaped(self, right: bool | None, length: int, alike: Sequence[int]) -> float | None:
        if right is None or len(alike) < 2:
            return None if right is None else 0.0
        z = (length - fmean(alike)) / max(stdev(alike), 1e-6)
        return math.exp(-self.alpha * z) - 1.0 if right else 1.0 - math.exp(-self.beta * z)

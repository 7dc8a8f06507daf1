"""Bonus for the shortest right response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward, limit_of
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class ShortestRight(Reward):
    """1 for the shortest right response of a group, if it is longer than `least` of the token limit; 0 for all others.

    Guo et al. 2025 (Observe-R1), arXiv:2505.12432, the bonus (weight 0.2; 100 of 8192 tokens in the authors' script): short is good, too short is a
    trick. Of several shortest ones the first drawn has it. No bonus is given where the shortest is too short, as in the authors' code.
    """

    paper = "arXiv:2505.12432"

    least: float = 0.0122
    """Share of the token limit that the response must exceed."""

    def __post_init__(self) -> None:
        check_range("least", self.least, 0.0, 1.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        limit = limit_of(group, self)
        right = [r for r in group.rollouts if decided(r)]
        best = min(right, key=lambda r: (r.length, r.turn, r.sample), default=None)
        paid = best is not None and best.length > self.least * limit
        return [float(paid and r is best) for r in group.rollouts]

"""Reward for being right within the length that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.exact_length import asked_of
from menolab.rewards.reward import Reward, limit_of
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class WithinBudget(Reward):
    """clip(alpha (n_gold - n_y) / limit + delta, 0, 1) for a right response, 0 for a wrong one. The whole reward: right and a little too long beats wrong.

    Aggarwal and Welleck 2025 (LCPO-Max), arXiv:2503.04697: r = 1[right] clip(alpha (n_gold - n_y) + delta, 0, 1) with delta = 0.5. alpha as in
    `ExactLength`. The prompt is the work of `Budgeted`.
    """

    catalogue = "l1-max"
    paper = "arXiv:2503.04697"

    alpha: float = 1.23
    delta: float = 0.5

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, 0.0)
        check_range("delta", self.delta, 0.0, 1.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        asked, limit = asked_of(group, self), limit_of(group, self)
        room = [min(1.0, max(0.0, self.alpha * (asked - r.length) / limit + self.delta)) for r in group.rollouts]
        return [None if (right := decided(r)) is None else worth * right for r, worth in zip(group.rollouts, room, strict=True)]

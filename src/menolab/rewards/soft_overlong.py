"""Reward for not running into the token limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward, limit_of


@dataclass(frozen=True)
class SoftOverlong(Reward):
    """0 up to limit - cache tokens, then falling linearly to -1 at the limit, and -1 beyond.

    Yu et al. 2025 (DAPO), arXiv:2503.14476, eq. 13, with L_max the token limit and L_cache = cache times the limit.
    """

    paper = "arXiv:2503.14476, eq. 13"

    cache: float = 0.2
    """L_cache as a share of the token limit: 4096 of 20480 in the paper."""

    def __post_init__(self) -> None:
        check_range("cache", self.cache, 0.0, 1.0, open_low=True)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        limit = limit_of(group, self)
        cache = self.cache * limit
        return [max(-1.0, min(0.0, (limit - cache - r.length) / cache)) for r in group.rollouts]

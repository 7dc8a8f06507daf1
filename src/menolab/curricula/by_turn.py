"""Compare first attempts with first attempts and second ones with second ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.curricula.filter import Filter
from menolab.errors import check_range
from menolab.records import Group, Rollout


@dataclass(frozen=True)
class ByTurn(Filter):
    """Every turn of a group's conversations becomes a group of its own, each attempt worth its reward and `discount` times what came of it later.

    The policy gradient of a sum of rewards over turns credits an attempt with all rewards from it on (Williams 1992); a baseline must compare attempts
    of the same turn. Rewards a token of later attempts are among those rewards; an attempt's own reach it a token at a time (`ReturnToGo`). An attempt is
    unscorable where one of those rewards is. Groups without conversations stay as they are.
    """

    paper = "Williams 1992"

    discount: float = 1.0
    """Weight of the next turn's return; 0: each attempt for itself."""

    def __post_init__(self) -> None:
        check_range("discount", self.discount, 0.0, 1.0)

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        return [turn for group in groups for turn in self._split(group)]

    def _split(self, group: Group) -> list[Group]:
        turns: dict[int, list[Rollout]] = {}
        returns: dict[int, float | None] = {}
        for r in sorted(group.rollouts, key=lambda r: (-r.turn, r.sample)):
            later = returns.get(r.sample, 0.0) if self.discount else 0.0
            own = None if r.reward is None or later is None else r.reward + self.discount * later
            returns[r.sample] = None if own is None else own + math.fsum(r.token_rewards)
            turns.setdefault(r.turn, []).append(replace(r, reward=own))
        return [group.with_rollouts(tuple(turns[turn])) for turn in sorted(turns)]

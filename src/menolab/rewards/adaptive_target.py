"""Target lengths that follow the policy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.length_target import LengthTarget, difficulty
from menolab.rewards.reward import Reward, limit_of


@dataclass(frozen=True)
class AdaptiveTarget(Reward):
    """`LengthTarget` with each difficulty's target chosen from the batch: the shortest at which a right response may still be expected.

    Liu et al. 2025 (LASER-D), arXiv:2505.15612: of the candidate lengths L the smallest with P(len <= L | difficulty d) C_d >= 1, where C_d is how many
    of K rollouts are right at least in a problem of that difficulty (floor(2K/3), floor(K/3), 1); the limit where no problem has it. The authors read
    P off a monitoring set every few steps and remember it in between; here it is read off the step's own batch, so that the term remembers nothing.
    A group scored by itself is its own batch.
    """

    catalogue = "laser"
    paper = "arXiv:2505.15612"

    lowest: float = 0.25
    """Shortest candidate as a share of the token limit: 4096 of 16384 in one of the authors' scripts, others go down to 1024."""
    interval: float = 0.0625
    """Between candidates: 1024 of 16384."""
    worth: float = 0.5
    explore: bool = False
    """LASER-DE."""

    def __post_init__(self) -> None:
        check_range("lowest", self.lowest, 0.0, 1.0)
        check_range("interval", self.interval, 0.0, 1.0, open_low=True)
        check_range("worth", self.worth, 0.0)

    def fitted(self, groups: Sequence[Group], progress: float) -> Reward:
        return LengthTarget(*(self.target(groups, level) for level in ("easy", "medium", "hard")), worth=self.worth, explore=self.explore)

    def target(self, groups: Sequence[Group], level: str) -> float:
        """The target of a difficulty, as a share of the token limit."""
        members = [group for group in groups if group.sampled and difficulty(group) == level]
        shares = [r.length / limit_of(group, self) for group in members for r in group.sampled]
        count = min((len(group.sampled) for group in members), default=0)
        right = max(1, math.floor({"easy": Fraction(2, 3), "medium": Fraction(1, 3), "hard": Fraction(0)}[level] * count))
        for candidate in self._candidates():
            if shares and sum(share <= candidate for share in shares) * right >= len(shares):
                return candidate
        return 1.0

    def _candidates(self) -> list[float]:
        count = math.floor((1.0 - self.lowest) / self.interval + 1e-9)
        return [min(1.0, self.lowest + k * self.interval) for k in range(count + 1)]

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return self.fitted([group], progress)(group, progress)

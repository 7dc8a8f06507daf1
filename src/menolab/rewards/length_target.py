"""Reward for being right within a target length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group, Rollout
from menolab.rewards.graded_answer import UNREAD
from menolab.rewards.reward import Reward, limit_of, solve_rate
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class LengthTarget(Reward):
    """`worth` for a right response of at most the target's length, which depends on how many of the group are right; else 0. Added to `Accuracy`.

    Liu et al. 2025 (LASER), arXiv:2505.15612: a step function of length with one target for all problems. LASER-D has one for each difficulty, with
    pass rates >= 2/3 easy and < 1/3 hard; LASER-DE (`explore`) also gives `worth` to wrong responses beyond the target that do not go round in circles.
    """

    catalogue = "laser"
    paper = "arXiv:2505.15612"

    easy: float = 0.5
    """Targets as shares of the token limit; half of it is the 8192 of 16384 in the authors' script."""
    medium: float = 0.5
    hard: float = 0.5
    worth: float = 0.5
    explore: bool = False
    loop: int = 4
    """Tokens of an n-gram that shows a wrong response to go round in circles when it comes three times (the authors' rule, without its cases by length)."""

    def __post_init__(self) -> None:
        for name in ("easy", "medium", "hard"):
            check_range(name, getattr(self, name), 0.0, 1.0)
        check_range("worth", self.worth, 0.0)
        check_range("loop", self.loop, 1)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        target = getattr(self, difficulty(group)) * limit_of(group, self)
        return [None if decided(r) is None else self.worth * self._deserves(r, target) for r in group.rollouts]

    def _deserves(self, rollout: Rollout, target: float) -> bool:
        if decided(rollout):
            return rollout.length <= target
        understood = rollout.verdict is not None and rollout.verdict.extracted is not None and rollout.verdict.stage not in UNREAD
        return self.explore and understood and rollout.length > target and not loops(rollout.tokens, self.loop)


def difficulty(group: Group) -> str:
    """"easy", "medium" or "hard": at least two thirds, at least one third, or fewer of the sampled rollouts are right."""
    rate = solve_rate(group)
    return "easy" if rate >= 2 / 3 else "medium" if rate >= 1 / 3 else "hard"


def loops(tokens: Sequence[int], n: int) -> bool:
    """Whether some n-gram comes three times."""
    counts: dict[tuple[int, ...], int] = {}
    for start in range(len(tokens) - n + 1):
        gram = tuple(tokens[start : start + n])
        counts[gram] = counts.get(gram, 0) + 1
    return max(counts.values(), default=0) >= 3

"""Reward by comparison: right beats wrong, and of two right ones the shorter wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided

EPSILON = 1e-6


@dataclass(frozen=True)
class PairwiseBrevity(Reward):
    """(s - mean) / (deviation + 1e-6) of the points s that each response makes against all others of its group and two references.

    Yang et al. 2025, "Think When You Need", arXiv:2504.03234, as in the authors' code: a right response makes `margin` points for every wrong one, 1 for
    every longer right one and -1 for every shorter right one; a wrong response -margin for every right one. A wrong response and an endless right one are
    added as references, also to mean and (sample) deviation, so that a group of right ones is better than average. It is an advantage already: nothing
    is subtracted from it, nor is it divided (an empty `Chain`). Undecided responses take no part.
    """

    catalogue = "think-when-you-need"
    paper = "arXiv:2504.03234"

    margin: float = 10.0

    def __post_init__(self) -> None:
        check_range("margin", self.margin, 1.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        known = [(right, float(r.length)) for r in group.sampled if (right := decided(r)) is not None]
        field = [*known, (False, 0.0), (True, float("inf"))]
        points = [self._points(right, tokens, field) for right, tokens in field]
        mean, scale = fmean(points), stdev(points) + EPSILON
        return [
            None if (right := decided(r)) is None else (self._points(right, float(r.length), field) - mean) / scale for r in group.rollouts
        ]

    def _points(self, right: bool, tokens: float, field: Sequence[tuple[bool, float]]) -> float:
        """Against everyone of the field; a response ties with itself."""
        rights = [other for is_true, other in field if is_true]
        if not right:
            return -self.margin * len(rights)
        return self.margin * (len(field) - len(rights)) + sum((other > tokens) - (other < tokens) for other in rights)

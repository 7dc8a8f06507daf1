"""Reward for meeting constraints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class Compliance(Reward):
    """`all_met` if every constraint is met, -`all_met` if none is, their share in between; from the verdict's score, which is that share.

    Qin et al. 2025 (RAIF), arXiv:2506.01413, as in the authors' code (2, -2). A response without an answer in the asked form has score 0, so -2. None
    where the verifier was undecided.
    """

    paper = "arXiv:2506.01413"

    all_met: float = 2.0

    def __post_init__(self) -> None:
        check_range("all_met", self.all_met, 1.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [self._worth(score) for score in Accuracy()(group, progress)]

    def _worth(self, share: float | None) -> float | None:
        return share if share is None or 0.0 < share < 1.0 else self.all_met if share else -self.all_met

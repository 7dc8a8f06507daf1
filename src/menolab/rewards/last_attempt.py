"""Reward for being right in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class LastAttempt(Reward):
    """The verdict's score on the last attempt of a conversation, 0 on those before it; None where the verifier was undecided on the last.

    Kumar et al. 2024 (SCoRe), arXiv:2409.12917, stage I, which maximises the reward of the second attempt alone.
    """

    paper = "arXiv:2409.12917, section 5.1"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        last = max((r.turn for r in group.rollouts), default=0)
        return [score if r.turn == last else 0.0 for r, score in zip(group.rollouts, Accuracy()(group, progress), strict=True)]

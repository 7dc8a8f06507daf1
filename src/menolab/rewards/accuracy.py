"""Reward for being right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class Accuracy(Reward):
    """The verdict's score (1 right, 0 wrong, between for partial credit); None where the verifier was undecided.

    DeepSeek-AI 2025 (DeepSeek-R1), arXiv:2501.12948, section 2.2.2, "accuracy rewards".
    """

    paper = "arXiv:2501.12948, section 2.2.2"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [None if r.verdict is None or r.verdict.label == "undecided" else r.verdict.score for r in group.rollouts]

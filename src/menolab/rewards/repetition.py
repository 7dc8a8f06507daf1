"""Penalty for saying the same things again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class Repetition(Reward):
    """-(1 - distinct n-grams / n-grams) over the response's tokens: 0 if none repeats, near -1 if all are one; 0 for a response shorter than n.

    The sparse form of Yeo et al. 2025, arXiv:2502.03373 (the authors' `get_repetition_penalty`), as open-r1 has it; over tokens, where they count words.
    """

    paper = "arXiv:2502.03373"

    n: int = 3
    """Tokens of an n-gram."""

    def __post_init__(self) -> None:
        check_range("n", self.n, 1)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [-self._share(r.tokens) for r in group.rollouts]

    def _share(self, tokens: Sequence[int]) -> float:
        grams = [tuple(tokens[i : i + self.n]) for i in range(len(tokens) - self.n + 1)]
        return 1.0 - len(set(grams)) / len(grams) if grams else 0.0

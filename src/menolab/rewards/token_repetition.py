"""Penalty on the tokens that repeat what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import TokenReward


@dataclass(frozen=True)
class TokenRepetition(TokenReward):
    """-penalty on every token of an n-gram that occurred before in the response; 0 elsewhere. The first occurrence is free.

    Yeo et al. 2025, arXiv:2502.03373, section 4.5, as in the authors' code: N = 40 tokens, penalty 0.05, with a discount of its own in the return (0.99
    where the outcome's is 1: `ReturnToGo`), so that the penalty stays near the repetition. A response of a few dozen tokens wants a smaller N.
    """

    catalogue = "demystifying-long-cot"
    paper = "arXiv:2502.03373, section 4.5"

    n: int = 40
    """Tokens of an n-gram."""
    penalty: float = 0.05

    def __post_init__(self) -> None:
        check_range("n", self.n, 1)
        check_range("penalty", self.penalty, 0.0)

    def tokens(self, group: Group, progress: float) -> Sequence[tuple[float, ...] | None]:
        return [tuple(-self.penalty if t else 0.0 for t in repeated(r.tokens, self.n)) for r in group.rollouts]


def repeated(tokens: Sequence[int], n: int) -> list[bool]:
    """For every token whether it belongs to an n-gram that occurred earlier."""
    marks, seen = [False] * len(tokens), set()
    for start in range(len(tokens) - n + 1):
        gram = tuple(tokens[start : start + n])
        if gram in seen:
            marks[start : start + n] = [True] * n
        seen.add(gram)
    return marks

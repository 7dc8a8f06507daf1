"""A term on another scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput
from menolab.records import Group
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.reward import Reward, TokenReward


@dataclass(frozen=True)
class Scaled(Reward):
    """low + (high - low) times another term: +1 and -1 for a format that is worth 1 or 0, say."""

    term: Reward = AnswerFormat()
    low: float = -1.0
    """Where the term is 0."""
    high: float = 1.0
    """Where it is 1."""

    def __post_init__(self) -> None:
        refuse_tokens(self.term, type(self).__name__)

    def fitted(self, groups: Sequence[Group], progress: float) -> Reward:
        return Scaled(self.term.fitted(groups, progress), self.low, self.high)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [None if value is None else self.low + (self.high - self.low) * value for value in self.term(group, progress)]


def refuse_tokens(term: Reward, wrapper: str) -> None:
    """Raise `BadInput` for a term that rewards tokens where only its sum would be seen."""
    if isinstance(term, TokenReward):
        raise BadInput("term", type(term).__name__, f"it rewards tokens, which {wrapper} would lose; use it as a term of its own, with a weight")

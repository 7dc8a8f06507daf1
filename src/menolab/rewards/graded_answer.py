"""Reward that tells a wrong answer from none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group, Rollout
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided

UNREAD = frozenset({"extract", "parse"})
"""Stages of a verdict at which the answer was not understood."""


@dataclass(frozen=True)
class GradedAnswer(Reward):
    """One number for a right answer, a lower one for a wrong answer, the lowest where no answer can be read or the response is out of form.

    Xie et al. 2025 (Logic-RL), arXiv:2502.14768: 2, -1.5 and -2, in the authors' code -2 too where the format fails, whatever the answer. Beside
    `Scaled(AnswerFormat())`, which gives 1 or -1 for the form. Partial credit of the verdict does not count.
    """

    paper = "arXiv:2502.14768"

    right: float = 2.0
    wrong: float = -1.5
    unread: float = -2.0
    formed: bool = True
    """Whether a response out of form (`AnswerFormat`) counts as unread."""

    def __post_init__(self) -> None:
        check_range("right", self.right, self.wrong)
        check_range("wrong", self.wrong, self.unread)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        forms = AnswerFormat()(group, progress) if self.formed else [1.0] * len(group.rollouts)
        return [self._value(r, bool(form)) for r, form in zip(group.rollouts, forms, strict=True)]

    def _value(self, rollout: Rollout, formed: bool) -> float | None:
        right = decided(rollout)
        if right is None or rollout.verdict is None:
            return None
        if not formed or rollout.verdict.extracted is None or rollout.verdict.stage in UNREAD:
            return self.unread
        return self.right if right else self.wrong

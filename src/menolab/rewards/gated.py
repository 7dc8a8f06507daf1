"""A reward that counts only where another one is earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class Gated(Reward):
    """`term` where `gate` is above 0, else 0.

    Wang et al. 2025 (DeepTrans), arXiv:2504.10187 (read in summaries only): r = 0 if the form is wrong, else r_translation + alpha r_thought, two gated
    terms with weights. A response that the gate refuses is worth 0 even if the term could not score it.
    """

    paper = "arXiv:2504.10187"

    gate: Reward = AnswerFormat()
    term: Reward = Accuracy()

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        pairs = zip(self.gate(group, progress), self.term(group, progress), strict=True)
        return [None if gate is None else term if gate > 0 else 0.0 for gate, term in pairs]

"""Reward for the form of a planned response."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.records import Group, Rollout
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.reward import Reward
from menolab.verifiers.extract import TAGS

PLAN, END_PLAN = "<plan>", "</plan>"
_LEAD = re.compile(rf"\s*{PLAN}.*?{END_PLAN}", re.DOTALL)


@dataclass(frozen=True)
class PlanFormat(Reward):
    """1 if the response is <plan>...</plan><think>...</think><answer>...</answer> and nothing else, each tag once; else 0.

    Dou et al. 2025 (PTA-GRPO), arXiv:2510.01833: the form that its supervised stage teaches.
    """

    paper = "arXiv:2510.01833"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        once = [all(r.text.count(tag) == 1 for tag in (PLAN, END_PLAN, *TAGS)) and _LEAD.match(r.text) is not None for r in group.rollouts]
        rest = AnswerFormat()(group.with_rollouts(tuple(_without_lead(r) for r in group.rollouts)), progress)
        return [float(lead) * (well or 0.0) for lead, well in zip(once, rest, strict=True)]


def _without_lead(r: Rollout) -> Rollout:
    return replace(r, text=_LEAD.sub("", r.text, count=1))

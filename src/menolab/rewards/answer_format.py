"""Reward for the form of a response."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.verifiers.extract import ANSWER, END_ANSWER, END_THINK, TAGS, THINK

_FORM = re.compile(rf"\s*{THINK}.*{END_THINK}\s*{ANSWER}.*{END_ANSWER}\s*", re.DOTALL)


@dataclass(frozen=True)
class AnswerFormat(Reward):
    """1 if the response is <think>...</think><answer>...</answer> and nothing else, each tag once; else 0.

    DeepSeek-AI 2025 (DeepSeek-R1), arXiv:2501.12948, section 2.2.2, "format rewards"; the tags of table 1 there.
    """

    paper = "arXiv:2501.12948, section 2.2.2"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [float(self._well_formed(r.text)) for r in group.rollouts]

    def _well_formed(self, text: str) -> bool:
        return all(text.count(tag) == 1 for tag in TAGS) and _FORM.fullmatch(text) is not None

"""Reward for a response that is made of named sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput
from menolab.records import Group
from menolab.rewards.reward import Reward

_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class SectionFormat(Reward):
    """1 if the response is `<a>...</a><b>...</b>...` with these sections in this order, none of them blank, each tag once, and nothing else; else 0.

    "Observe first" of Guo et al. 2025 (Observe-R1), arXiv:2505.12432: <observe>, <think>, <answer>; the form of Chen et al. 2025 (SIRL),
    arXiv:2505.11792: <think>, <model>, <python>. The authors of Observe-R1 also take an observation inside the thought, and text around the sections. The
    laptop tokenizer writes <observe> byte by byte: tags are plain text, only longer.
    """

    paper = "arXiv:2505.12432"

    sections: tuple[str, ...] = ("observe", "think", "answer")

    def __post_init__(self) -> None:
        if not self.sections or len(set(self.sections)) != len(self.sections) or not all(_NAME.fullmatch(name) for name in self.sections):
            raise BadInput("sections", self.sections, "give names of tags (letters, digits, - and _), each once")

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [float(self._well_formed(r.text)) for r in group.rollouts]

    def _well_formed(self, text: str) -> bool:
        at = 0
        for name in self.sections:
            begin, end = f"<{name}>", f"</{name}>"
            start, stop = text.find(begin), text.find(end)
            once = text.count(begin) == text.count(end) == 1
            if not once or text[at : max(start, at)].strip() or start < at or not text[start + len(begin) : stop].strip():
                return False
            at = stop + len(end)
        return not text[at:].strip()

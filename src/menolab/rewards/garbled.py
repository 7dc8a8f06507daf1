"""Reward for text that is text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.reward import Reward

_WHITE = frozenset("\t\n\r")
_ODD = frozenset({"Cc", "Cn", "Co", "Cs"})


@dataclass(frozen=True)
class Garbled(Reward):
    """Minus the share of characters that no text has: control characters, unassigned and private ones, and the mark of bytes that are no character.

    After Hou et al. 2025 (T1), arXiv:2501.11651, which penalises garbled text; how it is told there was not at hand.
    """

    paper = "arXiv:2501.11651"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [-sum(map(odd, r.text)) / max(len(r.text), 1) for r in group.rollouts]


def odd(character: str) -> bool:
    """Whether a character belongs to no text."""
    return character == "\ufffd" or (character not in _WHITE and unicodedata.category(character) in _ODD)

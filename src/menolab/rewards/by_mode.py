"""Reward by outcome and by whether the response thought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided
from menolab.verifiers.extract import END_THINK, THINK

_NOTHING = re.compile(r"[\s.…]*")


def thinks(text: str) -> bool:
    """Whether anything stands in the response's thought. Blanks and an ellipsis are nothing, and so is no thought at all; one that was not closed counts.

    The thought ends at the last closing tag, behind which the verifier looks for the answer: an empty one before it hides nothing.
    """
    _, opened, rest = text.partition(THINK)
    thought, closed, tail = (rest if opened else text).rpartition(END_THINK)
    if opened and (not closed or THINK in tail):
        thought = rest
    return _NOTHING.fullmatch(thought.replace(THINK, "").replace(END_THINK, "")) is None


@dataclass(frozen=True)
class ByMode(Reward):
    """A table: one number each for right and wrong, with and without thinking; None where the verifier was undecided.

    Defaults: Tu et al. 2025 (AutoThink), arXiv:2505.10832, and the authors' code: being right at once pays double, being wrong at once costs. Thinkless
    (Fang et al. 2025, arXiv:2505.13379) takes 0.5, -1, 1, -1.
    """

    paper = "arXiv:2505.10832"

    think_right: float = 1.0
    think_wrong: float = 0.0
    short_right: float = 2.0
    short_wrong: float = -1.0

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        table = {(True, True): self.think_right, (True, False): self.think_wrong, (False, True): self.short_right, (False, False): self.short_wrong}
        outcomes = [(thinks(r.text), decided(r)) for r in group.rollouts]
        return [None if right is None else table[mode, right] for mode, right in outcomes]

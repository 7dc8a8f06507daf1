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
    """Whether anything stands in the response's thought. Blanks and an ellipsis are nothing, and so is no thought at all; one that was not closed counts."""
    before, opened, rest = text.partition(THINK)
    thought = rest.partition(END_THINK)[0] if opened else before.partition(END_THINK)[0] if END_THINK in before else ""
    return _NOTHING.fullmatch(thought) is None


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

"""Which of two is better? Asked of a model, in both orders."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from menolab.engines.engine import Engine
from menolab.judges.judge import Judge
from menolab.judges.two_words import TwoWords
from menolab.keys import Key
from menolab.records import Group, Opinion
from menolab.samplers.sampler import own_keys
from menolab.tasks.comparisons import WORDINGS

_SLOT = re.compile(r"\{(problem|first|second)\}")


@dataclass(frozen=True)
class Pairwise(Judge):
    """Compares every two responses of a group, each pair in both orders; the score is the share of its pairs that a response wins.

    Xu et al. 2025 (J4R), arXiv:2505.13346: a judge that is swayed by the order contradicts itself when the responses are swapped. Here the two askings
    of a pair are averaged, so that such a verdict is a tie, 1/2; a pair of which one asking came to nothing is left out, and a response without pairs is
    undecided. G responses cost G (G - 1) questions, all in one call.
    """

    paper = "arXiv:2505.13346"

    model: str = ""
    question: str = WORDINGS["short"]
    """With {problem}, {first} and {second}."""
    words: TwoWords = TwoWords("1", "2")
    """"yes" means the first, "no" the second."""

    def __call__(self, engine: Engine, groups: Sequence[Group], key: Key) -> list[list[Opinion]]:
        asked = [(g, i, j) for g, group in enumerate(groups) for i, j in itertools.permutations(range(len(group.rollouts)), 2)]
        own = own_keys([group.problem for group in groups], key)
        heard = self.words(engine, [self._question(groups[g], i, j) for g, i, j in asked], [own[g].fold(i, j) for g, i, j in asked])
        first = {place: opinion.score for place, opinion in zip(asked, heard, strict=True)}
        return [[self._opinion(first, g, i, len(group.rollouts)) for i in range(len(group.rollouts))] for g, group in enumerate(groups)]

    def _question(self, group: Group, i: int, j: int) -> str:
        values = {"problem": group.problem.prompt, "first": group.rollouts[i].text, "second": group.rollouts[j].text}
        return _SLOT.sub(lambda slot: values[slot.group(1)], self.question)

    def _opinion(self, first: Mapping[tuple[int, int, int], float | None], g: int, i: int, count: int) -> Opinion:
        wins = [beats(first[g, i, j], first[g, j, i]) for j in range(count) if j != i]
        decided = [w for w in wins if w is not None]
        return Opinion(fmean(decided) if decided else None, f"{len(decided)} of {len(wins)} pairs decided")


def beats(forth: float | None, back: float | None) -> float | None:
    """How surely one response beats another: the mean of p(first) with it in front and p(second) with it behind; None where one is missing."""
    return None if forth is None or back is None else 0.5 * (forth + 1.0 - back)

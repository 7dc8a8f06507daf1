"""A token limit that tightens as training goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem
from menolab.samplers.budgeted import check_words, draw_asking
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler
from menolab.schedules import Schedule, Stairs


@dataclass(frozen=True)
class Pruned(Sampler):
    """G independent draws of every problem, cut off at a share of the ground's token limit that the prompt states.

    Hou et al. 2025 (ThinkPrune), arXiv:2504.01296: rounds with limits of 4K, 3K and 2K tokens, each from the model of the one before. What is not
    answered within the limit is not answered, so that plain accuracy is the reward. In one run, so optimiser state goes on from round to round.
    Evaluations neither state nor tighten the limit.
    """

    catalogue = "thinkprune"
    paper = "arXiv:2504.01296"

    group: int = 8
    """G, rollouts a problem."""
    share: Schedule = Stairs((1.0, 0.75, 0.5))
    """Of the ground's token limit, as training goes on."""
    words: str = "\nThe output should be within {tokens} tokens."
    """What is put behind the prompt."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_words(self.words)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        limit = max(1, round(self.share(progress) * decoding.max_tokens))
        return draw_asking(Independent(self.group), engine, problems, [limit] * len(problems), self.words, replace(decoding, max_tokens=limit), key)

"""A token limit that grows as training goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.records import Group, Problem
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler
from menolab.schedules import Constant, Schedule


@dataclass(frozen=True)
class StagedLimit(Sampler):
    """Another sampler under a share of the ground's token limit, by default all of it.

    Li et al. 2025 (CAMPO), arXiv:2507.14683, algorithm 1: the limit is raised from stage to stage and training goes on with the same weights and
    optimiser, so stages need no more than a schedule. A group's `limit` is the one that it was drawn under: rewards for length are fractions of it.
    """

    paper = "arXiv:2507.14683, algorithm 1"

    sampler: Sampler = Independent()
    limit: Schedule = Constant()
    """Share of the ground's token limit, as training goes on; `Stairs((1/3, 2/3, 1))` has three stages."""

    @property
    def group(self) -> int:  # type: ignore[override]  # a leaf's field; here the inner sampler's
        """G, rollouts a problem, yardsticks included."""
        return self.sampler.group

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        share = min(1.0, self.limit(progress))
        return self.sampler(engine, problems, replace(decoding, max_tokens=max(1, round(share * decoding.max_tokens))), key, progress)

"""Rollouts that begin with given words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem
from menolab.samplers.continued import continued
from menolab.samplers.sampler import Sampler, own_keys

ELLIPSIS = "<think>\n...\n"
"""Tu et al. 2025 (AutoThink), arXiv:2505.10832: after it a model that learnt to think goes on thinking, or closes the thought at once."""
NO_THOUGHT = "<think></think>"


@dataclass(frozen=True)
class Prefixed(Sampler):
    """G draws of every problem that go on from `prefix`, which is part of the response and supplied.

    The prefix stands in the prompt of AutoThink's authors (its chat template); here it is verified with the response. `GivenLikelihood(0)` at the end of
    an advantage keeps it out of the update. The token limit holds for what is drawn after it.
    """

    paper = "arXiv:2505.10832"

    group: int = 8
    prefix: str = ELLIPSIS

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        if not self.prefix:
            raise BadInput("sampler.prefix", self.prefix, "without a prefix this is Independent")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        starts = [engine.tokens(self.prefix)] * len(problems)
        return continued(engine, problems, own_keys(problems, key), starts, self.group, decoding)

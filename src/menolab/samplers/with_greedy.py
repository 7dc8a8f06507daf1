"""Independent rollouts and the greedy one to compare them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler


@dataclass(frozen=True)
class WithGreedy(Sampler):
    """G - 1 independent draws of every problem and its greedy response, which is judged as a yardstick and never learnt from.

    Li et al. 2023 (ReMax), arXiv:2310.10505, one draw a problem. The greedy response counts towards the rollouts that a step may spend.
    """

    paper = "arXiv:2310.10505"

    group: int = 2
    """G, rollouts a problem, the greedy one among them."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 2)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        drawn = Independent(self.group - 1)(engine, problems, decoding, key)
        greedy = Independent(1)(engine, problems, replace(decoding, temperature=0.0), key.fold("greedy"))
        return [
            group.with_rollouts((*group.rollouts, replace(best.rollouts[0], sample=self.group - 1, greedy=True)))
            for group, best in zip(drawn, greedy, strict=True)
        ]

"""Independent rollouts: G draws of every problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request
from menolab.samplers.sampler import Sampler, own_keys, rollout


@dataclass(frozen=True)
class Independent(Sampler):
    """G independent draws of every problem, each under its own key (problem, its repeats in this call, sample)."""

    group: int = 8
    """G, rollouts a problem."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        requests = [
            Request(prompt, own.fold(sample))
            for own, prompt in zip(own_keys(problems, key), [engine.encode(problem.prompt) for problem in problems], strict=True)
            for sample in range(self.group)
        ]
        drawn = iter(zip(requests, engine.generate(requests, decoding), strict=True))
        groups = []
        for problem in problems:
            rollouts = tuple(rollout(engine, *next(drawn), sample) for sample in range(self.group))
            groups.append(Group(problem, rollouts, decoding.max_tokens))
        return groups

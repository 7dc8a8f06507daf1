"""Independent rollouts: G draws of every problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request, Rollout
from menolab.samplers.sampler import Sampler


@dataclass(frozen=True)
class Independent(Sampler):
    """G independent draws of every problem, each under its own key (problem, its repeats in this call, sample)."""

    group: int = 8
    """G, rollouts a problem."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key) -> list[Group]:
        prompts = [engine.encode(problem.prompt) for problem in problems]
        repeats: Counter[str] = Counter()  # a problem's draws depend on itself, never on its neighbours or its place among them
        requests = []
        for problem, prompt in zip(problems, prompts, strict=True):
            own = key.fold(problem.id, repeats[problem.id])
            repeats[problem.id] += 1
            requests += [Request(prompt, own.fold(sample)) for sample in range(self.group)]
        done = iter(engine.generate(requests, decoding))
        groups = []
        for problem, prompt in zip(problems, prompts, strict=True):
            rollouts = []
            for sample in range(self.group):
                c = next(done)
                rollouts.append(Rollout(prompt, c.tokens, c.logprobs, engine.decode(c.tokens), c.finish, sample))
            groups.append(Group(problem, tuple(rollouts)))
        return groups

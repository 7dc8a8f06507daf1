"""Groups of a problem and of its mirror image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request
from menolab.samplers.sampler import Sampler, own_keys, rollout


@dataclass(frozen=True)
class Mirrored(Sampler):
    """G / 2 draws of every problem and G / 2 of its mirror, two groups side by side; G draws of a problem without a mirror.

    Xu et al. 2025 (J4R), arXiv:2505.13346: a comparison and the same with the two responses swapped are equivalent initial states. Each half is verified
    against its own answer; `PoolMirrored` then makes one group of both.
    """

    paper = "arXiv:2505.13346"

    group: int = 8
    """G, rollouts a problem over both."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 2)
        if self.group % 2:
            raise BadInput("sampler.group", self.group, "must be even: half of it is the mirror's")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        faces = []
        for problem, own in zip(problems, own_keys(problems, key), strict=True):
            other = mirror(problem)
            count = self.group // 2 if other else self.group
            faces.append((problem, own, count))
            if other:
                faces.append((other, own.fold("mirror"), count))
        prompts = [engine.encode(problem.prompt) for problem, _, _ in faces]
        requests = [Request(prompt, own.fold(i)) for prompt, (_, own, count) in zip(prompts, faces, strict=True) for i in range(count)]
        drawn = iter(zip(requests, engine.generate(requests, decoding), strict=True))
        return [
            Group(problem, tuple(rollout(engine, *next(drawn), sample) for sample in range(count)), decoding.max_tokens) for problem, _, count in faces
        ]


def mirror(problem: Problem) -> Problem | None:
    """The same problem seen from the other side, whose mirror is this one; None where it has no other side."""
    seen = problem.facts.get("mirror")
    if seen is None:
        return None
    facts = {**problem.facts, "mirror": {"prompt": problem.prompt, "answer": problem.answer}}
    return replace(problem, prompt=seen["prompt"], answer=seen["answer"], facts=facts)

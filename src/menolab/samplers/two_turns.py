"""Conversations of two attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler, rollout

INSTRUCTION = "\nThere may be an error above. Write the solution anew.\n"


@dataclass(frozen=True)
class TwoTurns(Sampler):
    """G / 2 attempts at every problem, each followed by an instruction and a second attempt that sees the first.

    Kumar et al. 2024 (SCoRe), arXiv:2409.12917: no feedback on the first attempt is given. The two attempts of a conversation have the same `sample`
    and are told apart by `turn`. The instruction follows the first attempt as plain text, without a chat template's turn marks.
    """

    paper = "arXiv:2409.12917"

    group: int = 8
    """Rollouts a problem, two a conversation."""
    instruction: str = INSTRUCTION

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 2)
        if self.group % 2:
            raise BadInput("sampler.group", self.group, "must be even: every conversation has two rollouts")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        first = Independent(self.group // 2)(engine, problems, decoding, key)
        words = engine.tokens(self.instruction)
        attempts = [r for group in first for r in group.rollouts]
        requests = [Request(r.prompt + r.tokens + words, r.key.fold("again") if r.key else key) for r in attempts]
        drawn = iter(zip(attempts, requests, engine.generate(requests, decoding), strict=True))
        groups = []
        for group in first:
            second = tuple(rollout(engine, request, done, r.sample, turn=1) for r, request, done in (next(drawn) for _ in group.rollouts))
            groups.append(replace(group, rollouts=group.rollouts + second))
        return groups

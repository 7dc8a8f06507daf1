"""Two players: one proposes abstractions, the other solves with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request, Rollout
from menolab.samplers.sampler import Sampler, own_keys, rollout

ASK = "\nGive one general insight, not the solution.\n"
USE = "\nInsight: "


@dataclass(frozen=True)
class Abstracted(Sampler):
    """Abstractions of a problem, solutions that read one of them, and bare solutions that read none; one model plays both parts.

    Qu et al. 2025 (RLAD), arXiv:2510.02263, and the authors' on-policy variant (rlad_hierarchical: 4 abstractions, 4 solutions of each, abstractions cut
    short). An abstraction has turn 0, its solutions have turn 1 and its `sample`; bare solutions have turn 1 and samples of their own.
    """

    paper = "arXiv:2510.02263"

    group: int = 10
    """G, rollouts a problem: abstractions, their solutions, bare solutions."""
    abstractions: int = 2
    bare: int = 2
    share: float = 0.25
    """Most of the token limit for an abstraction."""
    ask: str = ASK
    """Goes behind the problem to ask for an abstraction."""
    use: str = USE
    """Goes between problem and abstraction."""

    def __post_init__(self) -> None:
        check_range("sampler.abstractions", self.abstractions, 1)
        check_range("sampler.bare", self.bare, 0)
        check_range("sampler.share", self.share, 0.0, 1.0, open_low=True)
        if self.solutions < 1 or self.abstractions * (1 + self.solutions) + self.bare != self.group:
            need = f"abstractions * (1 + solutions of each) + bare, e.g. {self.abstractions * 4 + self.bare}"
            raise BadInput("sampler.group", self.group, f"must be {need}")

    @property
    def solutions(self) -> int:
        """Solutions of each abstraction."""
        return (self.group - self.bare) // self.abstractions - 1

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        keys = own_keys(problems, key)
        limit = max(1, round(self.share * decoding.max_tokens))
        asked = [
            Request(engine.encode(problem.prompt + self.ask), own.fold(i), limit)
            for problem, own in zip(problems, keys, strict=True)
            for i in range(self.abstractions)
        ]
        proposed = [rollout(engine, r, c, n % self.abstractions) for n, (r, c) in enumerate(zip(asked, engine.generate(asked, decoding), strict=True))]
        requests, samples = [], []
        for p, (problem, own) in enumerate(zip(problems, keys, strict=True)):
            for i in range(self.abstractions):
                prompt = engine.encode(problem.prompt + self.use + proposed[p * self.abstractions + i].text)
                requests += [Request(prompt, own.fold(i, j)) for j in range(self.solutions)]
                samples += [i] * self.solutions
            requests += [Request(engine.encode(problem.prompt), own.fold("bare", j)) for j in range(self.bare)]
            samples += range(self.abstractions, self.abstractions + self.bare)
        drawn = zip(requests, engine.generate(requests, decoding), samples, strict=True)
        solved = [rollout(engine, request, completion, sample, turn=1) for request, completion, sample in drawn]
        return [self._group(p, problem, proposed, solved, decoding) for p, problem in enumerate(problems)]

    def _group(self, p: int, problem: Problem, proposed: Sequence[Rollout], solved: Sequence[Rollout], decoding: Decoding) -> Group:
        n, m = self.abstractions, self.group - self.abstractions
        return Group(problem, (*proposed[p * n : (p + 1) * n], *solved[p * m : (p + 1) * m]), decoding.max_tokens)

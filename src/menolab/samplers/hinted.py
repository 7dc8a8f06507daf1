"""Rollouts that go on from the beginning of a worked solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request, Rollout
from menolab.samplers.sampler import Sampler, own_keys, rollout
from menolab.schedules import CosineUntil, Schedule


@dataclass(frozen=True)
class Hinted(Sampler):
    """G draws of every problem that start after a part of its solution, less and less of it as training goes on.

    Liu et al. 2025 (UFT), arXiv:2505.16984, as in the authors' code: the solution is cut into slices, and how many of them are given is drawn
    from Binomial(slices, p) with p the schedule's value, once a problem, so that the rollouts of a group share their beginning. The hint counts as
    part of the response: it is verified with it, and `GivenLikelihood` learns from it. The token limit holds for what is drawn after it. A problem
    without a solution gets no hint.
    """

    paper = "arXiv:2505.16984"
    needs = frozenset({"solutions"})

    group: int = 4
    """G, rollouts a problem."""
    share: Schedule = CosineUntil()
    """p, chance that a slice is given, as training goes on."""
    slices: int = 5

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.slices", self.slices, 1)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        keys = own_keys(problems, key)
        hints = [self.hint(engine.tokens(p.solution or ""), own.fold("hint"), progress) for p, own in zip(problems, keys, strict=True)]
        requests = [
            Request(engine.encode(problem.prompt) + hint, own.fold(sample))
            for problem, own, hint in zip(problems, keys, hints, strict=True)
            for sample in range(self.group)
        ]
        drawn = iter(zip(requests, engine.generate(requests, decoding), strict=True))
        groups = []
        for problem, hint in zip(problems, hints, strict=True):
            rollouts = tuple(given(engine, rollout(engine, *next(drawn), sample), len(hint)) for sample in range(self.group))
            groups.append(Group(problem, rollouts, decoding.max_tokens))
        return groups

    def hint(self, solution: tuple[int, ...], key: Key, progress: float) -> tuple[int, ...]:
        """The tokens of the solution that are given away."""
        chance, rng = self.share(progress), key.random()
        slices = min(self.slices, len(solution))
        number = sum(rng.random() < chance for _ in range(slices))
        return solution[: round(number / slices * len(solution))] if slices else ()


def given(engine: Engine, drawn: Rollout, count: int) -> Rollout:
    """A rollout whose prompt's last `count` tokens move to the beginning of its response, as supplied ones of unknown probability."""
    if not count:
        return drawn
    tokens = drawn.prompt[-count:] + drawn.tokens
    logprobs = (float("nan"),) * count + drawn.logprobs
    return replace(drawn, prompt=drawn.prompt[:-count], tokens=tokens, logprobs=logprobs, text=engine.decode(tokens), given=count)

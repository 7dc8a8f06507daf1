"""Rollouts that go on from the beginning of a worked solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem
from menolab.samplers.continued import continued
from menolab.samplers.sampler import Sampler, own_keys
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
        return continued(engine, problems, keys, hints, self.group, decoding)

    def hint(self, solution: tuple[int, ...], key: Key, progress: float) -> tuple[int, ...]:
        """The tokens of the solution that are given away."""
        chance, rng = self.share(progress), key.random()
        slices = min(self.slices, len(solution))
        number = sum(rng.random() < chance for _ in range(slices))
        return solution[: round(number / slices * len(solution))] if slices else ()

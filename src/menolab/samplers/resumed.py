"""Independent rollouts that go on from a stored beginning."""

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


@dataclass(frozen=True)
class Resumed(Sampler):
    """G independent draws of every problem, those of a problem that brings a `start` after it; the start counts as the response's beginning.

    Lee and Tong 2025 (T-SPMO), arXiv:2504.20834: replay. The whole response stays within the token limit, the start included. Without starts
    it draws what `Independent` does.
    """

    paper = "arXiv:2504.20834"

    group: int = 8
    """G, rollouts a problem."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        starts = [problem.start[: decoding.max_tokens - 1] for problem in problems]
        return continued(engine, problems, own_keys(problems, key), starts, self.group, decoding, within=True)

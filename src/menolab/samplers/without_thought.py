"""Independent rollouts and one without a thought to compare them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem
from menolab.samplers.independent import Independent
from menolab.samplers.prefixed import NO_THOUGHT, Prefixed
from menolab.samplers.sampler import Sampler


@dataclass(frozen=True)
class WithoutThought(Sampler):
    """G - 1 independent draws of every problem, and one greedy response after an empty thought: a yardstick, judged and never learnt from.

    Qin et al. 2025 (RAIF), arXiv:2506.01413: what the model says without reasoning tells whether reasoning was worth it. The authors' code takes scores of
    the untrained model that were written down beforehand, and notes that they ought to be taken as training goes on; here the present model answers.
    """

    paper = "arXiv:2506.01413"

    group: int = 8
    """G, the yardstick among them."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 2)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        drawn = Independent(self.group - 1)(engine, problems, decoding, key)
        plain = Prefixed(1, NO_THOUGHT)(engine, problems, replace(decoding, temperature=0.0), key.fold("without thought"))
        return [
            group.with_rollouts((*group.rollouts, replace(bare.rollouts[0], sample=self.group - 1, greedy=True)))
            for group, bare in zip(drawn, plain, strict=True)
        ]

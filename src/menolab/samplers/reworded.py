"""Groups drawn under several wordings of a problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request
from menolab.samplers.rewrite import Advise, Rewrite
from menolab.samplers.sampler import Sampler, own_keys, rollout


@dataclass(frozen=True)
class Reworded(Sampler):
    """G / V draws under each of V wordings of every problem, the first of them its own prompt. Rollouts know their wording.

    Yao et al. 2025 (Share-GRPO), arXiv:2505.16673, who have a language model rephrase each question; here any `Rewrite` that keeps its meaning.
    """

    paper = "arXiv:2505.16673"

    group: int = 8
    """G, rollouts a problem over all wordings."""
    wordings: int = 2
    """V."""
    rewrite: Rewrite = Advise(("Solve:",))

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.wordings", self.wordings, 1)
        if self.group % self.wordings:
            raise BadInput("sampler.group", self.group, f"must be a multiple of the {self.wordings} wordings")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        requests = []
        for problem, own in zip(problems, own_keys(problems, key), strict=True):
            texts = [problem.prompt] + [self.rewrite(problem, 1.0, own.fold("wording", w)) for w in range(1, self.wordings)]
            prompts = [engine.encode(text) for text in texts]
            requests += [Request(prompts[self._wording(sample)], own.fold(sample)) for sample in range(self.group)]
        drawn = iter(zip(requests, engine.generate(requests, decoding), strict=True))
        groups = []
        for problem in problems:
            rollouts = [rollout(engine, *next(drawn), sample) for sample in range(self.group)]
            rollouts = [replace(r, wording=self._wording(r.sample)) for r in rollouts]
            groups.append(Group(problem, tuple(rollouts), decoding.max_tokens))
        return groups

    def _wording(self, sample: int) -> int:
        return sample * self.wordings // self.group

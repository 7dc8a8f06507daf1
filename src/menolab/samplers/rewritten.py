"""Groups that mix rollouts of the problem's own prompt with those of a rewritten one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Request, Rollout
from menolab.samplers.rewrite import Distort, Rewrite
from menolab.samplers.sampler import Sampler, own_keys, rollout
from menolab.schedules import Schedule, SigmoidDecay


@dataclass(frozen=True)
class Rewritten(Sampler):
    """G draws of every problem, some of them after a rewritten prompt; all are learnt from as responses to the problem's own.

    Liu et al. 2025 (NoisyRollout), arXiv:2504.13055: n_2 of the rollouts see a distorted input, rewards are compared within the whole group, and the
    policy's log-probabilities are conditioned on the clean input; the distortion fades as training goes on. A rewrite that leaves the prompt as it is
    gives ordinary rollouts.
    """

    paper = "arXiv:2504.13055"

    group: int = 8
    """G, rollouts a problem."""
    rewritten: int = 4
    """n_2, how many of them are drawn after the rewritten prompt."""
    rewrite: Rewrite = Distort()
    strength: Schedule = SigmoidDecay()

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.rewritten", self.rewritten, 0, self.group)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        strength, clean, requests = self.strength(progress), [], []
        for problem, own in zip(problems, own_keys(problems, key), strict=True):
            prompt = engine.encode(problem.prompt)
            clean += [prompt] * self.group
            for sample in range(self.group):
                if sample >= self.group - self.rewritten:
                    prompt = engine.encode(self.rewrite(problem, strength, own.fold("rewrite", sample)))
                requests.append(Request(prompt, own.fold(sample)))
        drawn = iter(zip(clean, requests, engine.generate(requests, decoding), strict=True))
        groups = []
        for problem in problems:
            rollouts = []
            for sample in range(self.group):
                prompt, request, completion = next(drawn)
                rollouts.append(conditioned(rollout(engine, request, completion, sample), prompt))
            groups.append(Group(problem, tuple(rollouts), decoding.max_tokens))
        return groups


def conditioned(drawn: Rollout, prompt: tuple[int, ...]) -> Rollout:
    """The rollout as a response to another prompt, under which its probabilities are not known yet."""
    return drawn if drawn.prompt == prompt else replace(drawn, prompt=prompt, logprobs=(float("nan"),) * len(drawn.tokens))

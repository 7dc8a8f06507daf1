"""A process reward model as a judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from menolab.engines.engine import Engine
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.judges.judge import Judge, regroup
from menolab.judges.step_head import Stepped, batches, contrast, step_scores
from menolab.judges.steps import AGGREGATES, check_aggregate, step_spans
from menolab.keys import Key
from menolab.models.modes import evaluating
from menolab.records import Group, Opinion, Problem

BUDGET = 8192
"""Padded tokens of one forward pass."""


@dataclass(frozen=True)
class ProcessReward(Judge):
    """The probability that each step is right, and of all of them the least, the product, the last or the mean.

    Wang et al. 2024 (Math-Shepherd), arXiv:2312.08935: the score of a solution is its lowest step's. The opinion holds the steps' scores. The model is one
    that `stages.process_supervised` trained, or any whose `good` and `bad` tokens were trained at the ends of steps.
    """

    catalogue = "prm"
    paper = "arXiv:2312.08935"

    model: str = ""
    good: str = "+"
    bad: str = "-"
    aggregate: str = "min"
    """min, product, last or mean."""

    def __post_init__(self) -> None:
        check_aggregate(self.aggregate)

    def check(self, problem: Problem) -> None:
        if not self.model:
            raise BadInput("judge.model", self.model, "give a trained process reward model (method prm); the policy itself does not score steps")

    def __call__(self, engine: Engine, groups: Sequence[Group], key: Key) -> list[list[Opinion]]:
        if not isinstance(engine, TorchEngine):
            raise BadInput("engine", type(engine).__name__, "a process reward model is read in process")
        rows = [stepped(engine, engine.encode(group.problem.prompt), r.text) for group in groups for r in group.rollouts]
        asked = [i for i, row in enumerate(rows) if row.tokens and len(row.prompt) + len(row.tokens) <= engine.context]
        scores = probabilities(engine, [rows[i] for i in asked], self.good, self.bad)
        known = dict(zip(asked, scores, strict=True))
        return regroup([self._opinion(known.get(i)) for i in range(len(rows))], groups)

    def _opinion(self, steps: tuple[float, ...] | None) -> Opinion:
        if steps is None:
            return Opinion(None, "nothing to score, or longer than the model's context")
        return Opinion(AGGREGATES[self.aggregate](steps), f"{self.aggregate} of {len(steps)} steps", steps=steps)


def stepped(engine: Engine, prompt: Sequence[int], text: str, labels: Sequence[float | None] = ()) -> Stepped:
    """A solution in the tokens of the model that is to score it."""
    tokens = engine.tokens(text)
    return Stepped(tuple(prompt), tokens, tuple(end - 1 for _, end in step_spans(engine, tokens)), tuple(labels))


def probabilities(engine: TorchEngine, rows: Sequence[Stepped], good: str, bad: str) -> list[tuple[float, ...]]:
    """p(good) of every step of every solution."""
    policy = engine.policy
    head = contrast(policy, good, bad)
    out: list[tuple[float, ...]] = [()] * len(rows)
    with torch.no_grad(), evaluating(policy.model):
        for part in batches(rows, BUDGET):
            for i, scores in zip(part, step_scores(policy, head, [rows[i] for i in part]), strict=True):
                out[i] = tuple(scores.double().sigmoid().tolist())
    return out

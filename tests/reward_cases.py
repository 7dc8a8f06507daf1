"""Judged groups for tests of rewards, and a policy of lengths that learns in a second."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from menolab.advantages.advantage import credit
from menolab.keys import Key
from menolab.records import Group, Problem, Rollout, Verdict, right, undecided, wrong
from menolab.rewards.judge import judge
from menolab.stages.collate import collate
from menolab.stages.reinforce import Reinforce
from menolab.tasks.task import Task

FINE, BAD, NONE, UNSURE = right("compare", "", "1"), wrong("compare", "", "2"), wrong("extract", "no answer"), undecided("compare", "slow")
VERDICTS = {"right": FINE, "wrong": BAD, "none": NONE, "unsure": UNSURE}


def rollout(label: str, tokens: int | Sequence[int], sample: int = 0, *, text: str | None = None) -> Rollout:
    """A rollout with this verdict ("right", "wrong", "none" or "unsure") and these tokens, or so many different ones; its text is the verdict."""
    ids = tuple(range(tokens)) if isinstance(tokens, int) else tuple(tokens)
    return Rollout((1,), ids, (-0.1,) * len(ids), label if text is None else text, "stop", sample, VERDICTS[label])


def group(*rows: tuple[str, int | Sequence[int]], limit: int | None = 100, task: str = "toy", asked: int | None = None) -> Group:
    """A group of `rollout(label, tokens)`."""
    return Group(Problem("p", task, "?", "1"), tuple(rollout(label, tokens, i) for i, (label, tokens) in enumerate(rows)), limit, asked)


@dataclass(frozen=True)
class Told(Task):
    """A task whose responses say themselves what they are: "right", "wrong", "none", "unsure"."""

    @property
    def name(self) -> str:
        return "told"

    def __call__(self, key: Key) -> Problem:
        return Problem("p", "told", "?", "1")

    def verify(self, problem: Problem, text: str) -> Verdict:
        return VERDICTS[text]


@dataclass
class Lengths:
    """A policy that draws a length from a softmax for each kind of problem, and is right with a chance that depends on both. Kinds are tasks."""

    chances: Mapping[str, Callable[[int], float]]
    """Kind of problem -> chance to be right at a length."""
    choices: Sequence[int] = tuple(range(5, 101, 5))
    limit: int = 100
    asked: Mapping[str, int] = field(default_factory=dict)
    logits: dict[str, list[float]] = field(init=False)

    def __post_init__(self) -> None:
        self.logits = {kind: [0.0] * len(self.choices) for kind in self.chances}

    def probs(self, kind: str) -> list[float]:
        top = max(self.logits[kind])
        weights = [math.exp(x - top) for x in self.logits[kind]]
        return [w / sum(weights) for w in weights]

    def length(self, kind: str) -> float:
        """Mean length."""
        return sum(p * n for p, n in zip(self.probs(kind), self.choices, strict=True))

    def accuracy(self, kind: str) -> float:
        return sum(p * self.chances[kind](n) for p, n in zip(self.probs(kind), self.choices, strict=True))

    def expected(self, kind: str, value: Callable[[int], float]) -> float:
        """Mean of a function of length."""
        return sum(p * value(n) for p, n in zip(self.probs(kind), self.choices, strict=True))

    def learn(self, method: Reinforce, steps: int = 300, size: int = 8, lr: float = 0.3, seed: int = 0) -> Lengths:
        """Policy gradient with the method's rewards and credit, from groups to logits, a group of every kind a step."""
        rng, weights = Random(seed), method.weights or (1.0,) * len(method.rewards)
        for step in range(steps):
            groups, drawn = [], []
            for kind, chance in self.chances.items():
                picks = rng.choices(range(len(self.choices)), self.probs(kind), k=size)
                labels = ["right" if rng.random() < chance(self.choices[i]) else "wrong" for i in picks]
                made = group(*((label, self.choices[i]) for label, i in zip(labels, picks, strict=True)), limit=self.limit)
                groups.append(replace(made, problem=replace(made.problem, id=kind, task=kind), asked=self.asked.get(kind)))
                drawn += [(kind, i) for i in picks]
            judged = judge(groups, Told(), method.rewards, weights, (step + 0.5) / steps)
            credit_BT = credit(collate(judged, self.limit), method.advantage)
            for (kind, pick), own in zip(drawn, credit_BT[:, 0].tolist(), strict=True):
                probs = self.probs(kind)
                for i, p in enumerate(probs):
                    self.logits[kind][i] += lr / size * own * ((i == pick) - p)
        return self

"""What each step of a solution is worth, found without asking a person."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.judges.judge import question_keys, written
from menolab.judges.steps import step_spans
from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Group, Problem, Verdict
from menolab.tasks.task import Task, verify
from menolab.verifiers.equations import equations, holds


class StepLabels(Piece):
    """Labels in [0, 1] for the steps of solutions, as `step_spans` of the engine's own tokens cuts them; None where a step is not labelled."""

    @abc.abstractmethod
    def __call__(self, engine: Engine, task: Task, groups: Sequence[Group], decoding: Decoding, key: Key) -> list[list[list[float | None]]]:
        """Labels a step, a rollout, a group.

        Args:
            engine: of the model that completes what was begun.
            task: says whether a solution is right.
            groups: solutions; they need no verdicts.
            decoding: how completions are drawn; its limit is that of a whole solution.
        """


@dataclass(frozen=True)
class ByEquations(StepLabels):
    """1 for a step whose equations all hold, 0 for one with a wrong equation, None for one without any; the last step has the verdict.

    A checker of steps by rule, for tasks whose working is arithmetic.
    """

    def __call__(self, engine: Engine, task: Task, groups: Sequence[Group], decoding: Decoding, key: Key) -> list[list[list[float | None]]]:
        return [[self._labels(engine, task, group.problem, r.text) for r in group.rollouts] for group in groups]

    def _labels(self, engine: Engine, task: Task, problem: Problem, text: str) -> list[float | None]:
        steps = step_texts(engine, text)
        checked: list[float | None] = [float(all(map(holds, found))) if (found := equations(step)) else None for step in steps]
        return [*checked[:-1], as_label(verify(task, problem, text))] if steps else []


@dataclass(frozen=True)
class ByCompletions(StepLabels):
    """How often completions of a solution cut off behind a step come out right: the success that the step leaves open.

    Wang et al. 2024 (Math-Shepherd), arXiv:2312.08935: soft estimation, the share of right completions; hard estimation, 1 if any is right. Undecided
    completions are not counted. The last step, behind which nothing is left to complete, has the verdict of the solution itself.
    """

    catalogue = "prm"
    paper = "arXiv:2312.08935"

    completions: int = 8
    """N, drawn behind each step."""
    soft: bool = True

    def __post_init__(self) -> None:
        check_range("labels.completions", self.completions, 1)

    def __call__(self, engine: Engine, task: Task, groups: Sequence[Group], decoding: Decoding, key: Key) -> list[list[list[float | None]]]:
        problems = [group.problem for group in groups for _ in group.rollouts]
        texts = [r.text for group in groups for r in group.rollouts]
        keys = question_keys(groups, key)
        begun = [(i, s, tokens) for i, text in enumerate(texts) for s, tokens in enumerate(_prefixes(engine, text))]
        prompts = [(*engine.encode(problems[i].prompt), *tokens) for i, _, tokens in begun for _ in range(self.completions)]
        own = [keys[i].fold(s, n) for i, s, _ in begun for n in range(self.completions)]
        drawn = iter(written(engine, prompts, own, decoding))
        labels: list[list[float | None]] = [[] for _ in texts]
        for i, _, tokens in begun:
            ends = [engine.decode((*tokens, *done.tokens)) for done in (next(drawn) for _ in range(self.completions)) if done is not None]
            labels[i].append(self._label([as_label(verify(task, problems[i], text)) for text in ends]))
        for i, text in enumerate(texts):
            if step_texts(engine, text):
                labels[i].append(as_label(verify(task, problems[i], text)))
        source = iter(labels)
        return [[next(source) for _ in group.rollouts] for group in groups]

    def _label(self, outcomes: Sequence[float | None]) -> float | None:
        decided = [x for x in outcomes if x is not None]
        if not decided:
            return None
        return sum(decided) / len(decided) if self.soft else max(decided)


def as_label(verdict: Verdict) -> float | None:
    """1 for right, 0 for wrong, None for undecided."""
    return None if verdict.label == "undecided" else float(verdict.right)


def step_texts(engine: Engine, text: str) -> list[str]:
    """The steps of a solution as texts."""
    tokens = engine.tokens(text)
    return [engine.decode(tokens[start:end]) for start, end in step_spans(engine, tokens)]


def _prefixes(engine: Engine, text: str) -> list[tuple[int, ...]]:
    """The beginnings of a solution up to each of its steps, the last one left out."""
    tokens = engine.tokens(text)
    return [tuple(tokens[:end]) for _, end in step_spans(engine, tokens)[:-1]]

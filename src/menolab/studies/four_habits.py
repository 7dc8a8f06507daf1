"""Four habits: verification, backtracking, subgoals and backward chaining in responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from menolab.errors import check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.rescore import problem_of
from menolab.records import Problem
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Sheet, number
from menolab.studies.markers import MARKERS, places
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.studies.tried import numbers_of, statements, tried
from menolab.tasks.task import Task
from menolab.verifiers.expression import parse
from menolab.verifiers.extract import END_THINK

VERIFICATION, BACKTRACKING, SUBGOALS, BACKWARD = HABITS = ("verification", "backtracking", "subgoals", "backward chaining")

PHRASES = {
    VERIFICATION: MARKERS["verification"],
    BACKTRACKING: MARKERS["backtracking"],
    SUBGOALS: (
        "first get", "first make", "first reach", "get close to", "try to get to", "try to reach", "need to get", "need to make", "break it down",
        "break this down", "subgoal", "intermediate", "step 1",
    ),
    BACKWARD: (
        "work backward", "work backwards", "working backward", "working backwards", "backward from", "backwards from", "start from the target",
        "starting from the target", "start with the target", "starting with the target", "start from the goal", "starting from the goal",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class FourHabits(Study):
    """How often responses verify, turn back, set subgoals and reason backward from the goal, by model.

    Words tell the four apart (`PHRASES`, ours); in number puzzles what is written out does too: leaving a whole expression that misses for another is
    backtracking, and a step that takes the target as a given number is backward chaining. Source: Gandhi et al. 2025 (arXiv:2503.01307), where a language
    model counts the four. Left out: that judge, and the paper's priming experiments, which are training runs.
    """

    catalogue = "four-habits"
    paper = "arXiv:2503.01307"

    samples: int = 8
    """Answers to each problem, where they have to be drawn."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 1)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        task = desk.task(subjects)
        looks: dict[str, dict[str, tuple[Number, Number]]] = {}
        for subject, result in zip(subjects, desk.results(subjects, self.samples), strict=True):
            table = Table(result.rows, result.record.samples, desk.key.fold(subject.label))
            looks[subject.label] = _look([habits(task, problem_of(row, task.name), row.text) for row in table.rows], table.samples)
        return Findings(
            title=f"Four habits of reasoning ({task.name})",
            verdict=" ".join(f"{label}: {'; '.join(f'{name} in {found[name][0]}' for name in HABITS)}." for label, found in looks.items()),
            numbers={f"{label} {name}": found[name][0] for label, found in looks.items() for name in HABITS},
            tables=(
                Sheet(
                    "Habits",
                    ("model", "habit", "share of responses", "times a response"),
                    [(label, name, *found[name]) for label, found in looks.items() for name in HABITS],
                ),
            ),
            shows_not=("habits that no listed word names and no arithmetic shows", "whether a habit helps: compare models taught with and without it"),
        )


def habits(task: Task, problem: Problem, text: str) -> dict[str, int]:
    """How often each habit shows in the thinking of a response; where words and arithmetic both show backtracking, the larger count."""
    thinking = text.partition(END_THINK)[0]
    found = {name: len(places(phrases, thinking)) for name, phrases in PHRASES.items()}
    found[BACKTRACKING] = max(found[BACKTRACKING], _left(task, problem, thinking))
    found[BACKWARD] += _from_target(problem, thinking)
    return found


def _left(task: Task, problem: Problem, thinking: str) -> int:
    """Whole expressions that miss and are followed by more arithmetic."""
    if not numbers_of(problem):
        return 0
    missed = [one.end for one in tried(task, problem, thinking) if one.label != "right"]
    lines = list(statements(thinking))
    return sum(any(end > at for end, _, _ in lines) for at in missed)


def _from_target(problem: Problem, thinking: str) -> int:
    """Statements that take the target as a number although it is neither given nor was worked out before."""
    numbers = numbers_of(problem)
    if not numbers:
        return 0
    target = Fraction(problem.facts["target"]) if "target" in problem.facts else parse(problem.answer).value()
    if target in numbers:
        return 0
    count, made = 0, False
    for _, written, result in statements(thinking):
        given = str(target) in written.replace("(", " ").replace(")", " ").translate(str.maketrans("+-*/", "    ")).split()
        count += given and not made
        made = made or result == target
    return count


def _look(counts: Sequence[dict[str, int]], samples: int) -> dict[str, tuple[Number, Number]]:
    found = {}
    for name in HABITS:
        count_PS = np.array([one[name] for one in counts], dtype=np.float64).reshape(-1, samples)
        shown = statistics.share((count_PS > 0).mean(axis=1))
        found[name] = number(shown, "share", "of responses"), number(statistics.mean(count_PS.mean(axis=1)))
    return found

"""Published Knights-and-Knaves puzzles: the Parquet files of Logic-RL."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.file import check_ids, read_once
from menolab.tasks.knights_knaves import FORMAT, NAME, STYLES, WORDINGS, knights_knaves_demonstration, knights_knaves_problem
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.rows import Row, check_field
from menolab.tasks.task import Task
from menolab.verifiers.assignment import Assignment
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class KnightsKnavesFile(Task):
    """The puzzles of a Logic-RL file, under the ids that `KnightsKnaves` would give them.

    Reads the columns quiz, names, statements and solution; each puzzle is solved again, and a gold answer that is not its one solution is an
    error. Of the published prompt only the quiz is taken: the chat template around it belongs to the model.
    Source: Xie et al. 2025, "Logic-RL" (arXiv:2502.14768).
    """

    paper = "arXiv:2502.14768"

    path: str
    wording: str = "full"
    """"full": the published quiz; "short": the same puzzle in letters' marks."""
    styles: tuple[str, ...] = ("search",)
    weights: tuple[float, ...] = (1.0,)
    verifier: Verifier = Assignment(strict=True)

    def __post_init__(self) -> None:
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def listed(self) -> tuple[Problem, ...]:
        """All puzzles in file order.

        Raises:
            BadInput: a row that is not such a puzzle, or whose gold answer is not its one solution.
        """
        return read_once(self.path, self, _problems)

    def __call__(self, key: Key) -> Problem:
        """One of the puzzles, uniform."""
        return key.random().choice(self.listed())

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """As `KnightsKnaves.demonstrate`."""
        return knights_knaves_demonstration(problem, choose_style(self.styles, self.weights, key), self.verifier)


def _problems(task: KnightsKnavesFile, rows: tuple[Row, ...]) -> tuple[Problem, ...]:
    for field in ("quiz", "names", "statements", "solution"):
        check_field(rows, field, task.path)
    problems = []
    for number, row in enumerate(rows, 1):
        prompt = f"{row['quiz']} {FORMAT}" if task.wording == "full" else None
        problem = knights_knaves_problem(tuple(row["names"]), row["statements"], wording=task.wording, prompt=prompt)
        if list(row["solution"]) != problem.facts["solution"]:
            raise BadInput(f"solution of {task.path} row {number}", row["solution"], f"the puzzle's one solution is {problem.facts['solution']}")
        problems.append(problem)
    check_ids(tuple(problems), task.path)
    return tuple(problems)

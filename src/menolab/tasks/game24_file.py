"""Published Game of 24 problems: the CSV of Tree of Thoughts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.countdown import STYLES, WORDINGS, countdown_demonstration, countdown_problem
from menolab.tasks.file import check_ids, read_once
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.rows import Row, check_field
from menolab.tasks.task import Task
from menolab.verifiers.expression import ArithmeticTarget
from menolab.verifiers.verifier import Verifier

TARGET = 24


@dataclass(frozen=True)
class Game24File(Task):
    """The Game of 24 problems of a file with columns Rank and Puzzles ("1 1 4 6"), in order of rank (easy for people first).

    Each is the Countdown problem of its numbers and target 24, under the same task name and id, so that a generated one is recognised; results
    are listed under "game24". Ranks 901 to 1000 are the usual test slice. Difficulty is the rank, since people's solving times made it.
    Source: Yao et al. 2023, "Tree of Thoughts" (arXiv:2305.10601).
    """

    paper = "arXiv:2305.10601"

    path: str
    first: int = 901
    last: int = 1000
    """Ranks to take, both included."""
    wording: str = "short"
    styles: tuple[str, ...] = ("goal",)
    weights: tuple[float, ...] = (1.0,)
    verifier: Verifier = ArithmeticTarget(strict=True)

    def __post_init__(self) -> None:
        check_range("first", self.first, 1)
        check_range("last", self.last, self.first)
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return "game24"

    def listed(self) -> tuple[Problem, ...]:
        """The problems of the wanted ranks in file order.

        Raises:
            BadInput: a row that is not such a puzzle, or has no solution.
        """
        return read_once(self.path, self, _problems)

    def __call__(self, key: Key) -> Problem:
        """One of the problems, uniform."""
        return key.random().choice(self.listed())

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """As `Countdown.demonstrate`."""
        style = choose_style(self.styles, self.weights, key.fold("style"))
        return countdown_demonstration(problem, style, key.fold("trace"), self.verifier)


def _problems(task: Game24File, rows: tuple[Row, ...]) -> tuple[Problem, ...]:
    for field in ("Rank", "Puzzles"):
        check_field(rows, field, task.path)
    problems = []
    for number, row in enumerate(rows, 1):
        rank, numbers = str(row["Rank"]), str(row["Puzzles"]).split()
        if not all(n.isdecimal() and len(n) < 10 for n in (rank, *numbers)) or len(numbers) != 4:
            raise BadInput(f"{task.path} row {number}", row, 'wanted a rank and four numbers, like "1" and "1 1 4 6"')
        if task.first <= int(rank) <= task.last:
            problem = countdown_problem(tuple(map(int, numbers)), TARGET, wording=task.wording)
            problems.append(replace(problem, difficulty=float(rank)))
    if not problems:
        raise BadInput("first", task.first, f"{task.path} has no ranks from {task.first} to {task.last}")
    check_ids(tuple(problems), task.path)
    return tuple(problems)

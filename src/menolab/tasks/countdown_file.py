"""Published Countdown problems: rows ``{"input": "30,100,93", "output": "23"}``."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.countdown import NAME, STYLES, WORDINGS, countdown_demonstration, countdown_problem
from menolab.tasks.file import check_ids, read_once
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.rows import Row, check_field
from menolab.tasks.task import Task
from menolab.verifiers.expression import ArithmeticTarget
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class CountdownFile(Task):
    """The Countdown problems of a file, the same to the last character as `Countdown` would make them.

    Format: numbers separated by commas under "input", the target under "output", as in the 256 test problems of d1 (arXiv:2504.12216).
    """

    paper = "arXiv:2504.12216"

    path: str
    wording: str = "short"
    styles: tuple[str, ...] = ("goal",)
    weights: tuple[float, ...] = (1.0,)
    verifier: Verifier = ArithmeticTarget(strict=True)

    def __post_init__(self) -> None:
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def listed(self) -> tuple[Problem, ...]:
        """All problems in file order.

        Raises:
            BadInput: a row that is not such a problem, or has no solution.
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


def _problems(task: CountdownFile, rows: tuple[Row, ...]) -> tuple[Problem, ...]:
    for field in ("input", "output"):
        check_field(rows, field, task.path)
    problems = []
    for number, row in enumerate(rows, 1):
        numbers, target = str(row["input"]).split(","), str(row["output"])
        if not all(n.strip().isdecimal() and len(n) < 10 for n in (*numbers, target)):
            raise BadInput(f"{task.path} row {number}", row, 'wanted like {"input": "30,100,93", "output": "23"}')
        problems.append(countdown_problem(tuple(map(int, numbers)), int(target), wording=task.wording))
    check_ids(tuple(problems), task.path)
    return tuple(problems)

"""Published Game of 24 problems: the CSV of Tree of Thoughts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.countdown import STYLES, WORDINGS, countdown_demonstration, countdown_problem
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.published import PublishedFile
from menolab.tasks.rows import Row
from menolab.verifiers.expression import ArithmeticTarget
from menolab.verifiers.verifier import Verifier

TARGET = 24


@dataclass(frozen=True)
class Game24File(PublishedFile):
    """The Game of 24 problems of a file with columns Rank and Puzzles ("1 1 4 6"), in order of rank (easy for people first).

    Each is the Countdown problem of its numbers and target 24, under the same task name and id, so that a generated one is recognised; results
    are listed under "game24". Ranks 901 to 1000 are the usual test slice. Difficulty is the rank, since people's solving times made it.
    Source: Yao et al. 2023, "Tree of Thoughts" (arXiv:2305.10601).
    """

    paper = "arXiv:2305.10601"
    kind: ClassVar[str] = "game24"
    source: ClassVar[str] = "princeton-nlp/tree-of-thought-llm @ ab400345c5ea39d28ea6d7d3be0e417b11113c87"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("Rank", "Puzzles")

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

    def problem(self, row: Row, where: str) -> Problem | None:
        """The problem of a row; None outside of the wanted ranks.

        Raises:
            BadInput: a row that is not such a puzzle, or has no solution.
        """
        rank, numbers = str(row["Rank"]), str(row["Puzzles"]).split()
        if not all(n.isdecimal() and len(n) < 10 for n in (rank, *numbers)) or len(numbers) != 4:
            raise BadInput(where, row, 'wanted a rank and four numbers, like "1" and "1 1 4 6"')
        if not self.first <= int(rank) <= self.last:
            return None
        problem = countdown_problem(tuple(map(int, numbers)), TARGET, wording=self.wording)
        return replace(problem, difficulty=float(rank))

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """As `Countdown.demonstrate`."""
        style = choose_style(self.styles, self.weights, key.fold("style"))
        return countdown_demonstration(problem, style, key.fold("trace"))

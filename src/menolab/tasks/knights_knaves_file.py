"""Published Knights-and-Knaves puzzles: the Parquet files of Logic-RL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.knights_knaves import FORMAT, NAME, STYLES, WORDINGS, knights_knaves_demonstration, knights_knaves_problem
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.published import PublishedFile, texts_of
from menolab.tasks.rows import Row
from menolab.verifiers.assignment import Assignment
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class KnightsKnavesFile(PublishedFile):
    """The puzzles of a Logic-RL file, under the ids that `KnightsKnaves` would give them.

    Reads the columns quiz, names, statements and solution; each puzzle is solved again, and a gold answer that is not its one solution is an
    error. Of the published prompt only the quiz is taken: the chat template around it belongs to the model.
    Source: Xie et al. 2025, "Logic-RL" (arXiv:2502.14768).
    """

    paper = "arXiv:2502.14768"
    kind: ClassVar[str] = NAME
    source: ClassVar[str] = "Unakar/Logic-RL @ 9d2c457525ec14639e85afa12d49bb16efb053a4"
    licence: ClassVar[str] = "Apache-2.0"
    columns: ClassVar[tuple[str, ...]] = ("quiz", "names", "statements", "solution")

    wording: str = "full"
    """"full": the published quiz; "short": the same puzzle in letters' marks."""
    styles: tuple[str, ...] = ("search",)
    weights: tuple[float, ...] = (1.0,)
    verifier: Verifier = Assignment(strict=True)

    def __post_init__(self) -> None:
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    def problem(self, row: Row, where: str) -> Problem:
        """The puzzle of a row.

        Raises:
            BadInput: a row that is not such a puzzle, or whose gold answer is not its one solution.
        """
        prompt = f"{row['quiz']} {FORMAT}" if self.wording == "full" else None
        problem = knights_knaves_problem(tuple(texts_of(row, "names", where)), row["statements"], wording=self.wording, prompt=prompt)
        if row["solution"] != problem.facts["solution"]:
            raise BadInput(f"{where}: solution", row["solution"], f"the puzzle's one solution is {problem.facts['solution']}")
        return problem

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """As `KnightsKnaves.demonstrate`."""
        return knights_knaves_demonstration(problem, choose_style(self.styles, self.weights, key))

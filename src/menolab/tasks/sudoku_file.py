"""Published Sudoku puzzles: the CSV of d1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.published import PublishedFile
from menolab.tasks.rows import Row
from menolab.tasks.sudoku import NAME, STYLES, FilledGrid, sudoku_demonstration, sudoku_problem
from menolab.tasks.sudoku_rules import SIDES, Rules, broken, count_solutions
from menolab.verifiers.verifier import Verifier

_SIDE = {side * side: side for side in SIDES}


@dataclass(frozen=True)
class SudokuFile(PublishedFile):
    """The Sudoku puzzles of a file, the same to the last character as `Sudoku` would make them.

    Reads the columns Puzzle and Solution: the cells row by row, 0 for an empty one, as in the 500 test puzzles of side 4 of d1. The verifier checks rules
    and givens. Known defects: 124 of the 500 puzzles (24.8%) have more than one solution, which the fact "solutions" (counted up to 10) tells; whoever
    compares with the published one calls right answers wrong.
    Source: Zhao et al. 2025, "d1" (arXiv:2504.12216).
    """

    paper = "arXiv:2504.12216"
    kind: ClassVar[str] = NAME
    source: ClassVar[str] = "dllm-reasoning/d1 @ 837888f22c21a5da91a0af2b0d7b19e81d9b47ec"
    licence: ClassVar[str] = "Apache-2.0"
    columns: ClassVar[tuple[str, ...]] = ("Puzzle", "Solution")

    verifier: Verifier = FilledGrid()
    styles: tuple[str, ...] = ("search",)
    weights: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        check_mixture(self.styles, self.weights, STYLES)

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Two strings of digits, as many as a grid has cells."""
        return super().recognises(row, path) and all(re.fullmatch(r"[0-9.]+", str(row[c])) and len(str(row[c])) in _SIDE for c in cls.columns)

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: not 16, 36 or 81 digits, a digit above the side, or a solution that changes a given or breaks a rule.
        """
        givens, solution = (_cells(row, column, where) for column in self.columns)
        if len(givens) != len(solution) or 0 in solution:
            raise BadInput(f"{where}: Solution", row["Solution"], "must fill every cell of the puzzle")
        side = _SIDE[len(givens)]
        fault = broken(solution, Rules(side)) or ("it changes a given" if any(g and g != s for g, s in zip(givens, solution, strict=True)) else None)
        if fault:
            raise BadInput(f"{where}: Solution", row["Solution"], f"is none: {fault}")
        problem = sudoku_problem(givens, solution, side)
        facts = {**problem.facts, "solutions": count_solutions(givens, Rules(side), 10)}
        return Problem(problem.id, problem.task, problem.prompt, problem.answer, problem.difficulty, facts)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """As `Sudoku.demonstrate`."""
        return sudoku_demonstration(problem, choose_style(self.styles, self.weights, key))


def _cells(row: Row, column: str, where: str) -> tuple[int, ...]:
    text = str(row[column]).strip().replace(".", "0")
    if not text.isdecimal() or len(text) not in _SIDE or max(map(int, text)) > _SIDE[len(text)]:
        raise BadInput(f"{where}: {column}", row[column], "must be the digits of the cells row by row, 16, 36 or 81 of them, 0 for an empty cell")
    return tuple(map(int, text))

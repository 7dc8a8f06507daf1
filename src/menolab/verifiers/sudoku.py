"""A sudoku, by its rules."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier

MAX_SIDE = 36
_SIGNS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EMPTY = frozenset("0.?*_")
_FRAME = re.compile(r"[|+\-=─│┼═║╬┌┐└┘├┤┬┴]+")

Grid = tuple[tuple[int, ...], ...]
"""Rows of numbers, 0 where a cell is empty."""


class Unreadable(ValueError):
    """The text is no grid."""


def read_grid(text: str) -> Grid:
    """The grid that a text writes, row by row.

    Cells are numbers from 1 to the side, or the signs 1-9, A-Z where each stands for itself; ``0 . ? * _`` are empty. They may stand in one run
    ("3102200002100320"), in lines, or apart with blanks, commas, brackets and frames around them (JSON lists too).

    Raises:
        Unreadable: not a square grid whose boxes come out even in rows and columns, or a cell beyond its side.
    """
    tokens = _FRAME.sub(" ", re.sub(r"[\[\](){};,]", " ", text)).split()
    numbers = len(tokens) > 1 and all(token.isascii() and (token.isdigit() or token in _EMPTY) and len(token) <= 2 for token in tokens)
    if numbers and _side(len(tokens)):
        cells = [0 if token in _EMPTY else int(token) for token in tokens]
    else:
        cells = [_cell(sign) for token in tokens for sign in token]
    side = _side(len(cells))
    if not side:
        raise Unreadable(f"{len(cells)} cells, which make no square grid of 2 to {MAX_SIDE} rows")
    if max(cells) > side:
        raise Unreadable(f"a cell of {max(cells)} in a grid of {side} rows")
    return tuple(tuple(cells[row * side : (row + 1) * side]) for row in range(side))


def _side(cells: int) -> int:
    side = math.isqrt(cells)
    return side if side * side == cells and 2 <= side <= MAX_SIDE else 0


def _cell(sign: str) -> int:
    if sign in _EMPTY:
        return 0
    place = _SIGNS.find(sign.upper())
    if place < 0 or not sign.isascii():
        raise Unreadable(f"the sign {sign!r} in a cell")
    return place + 1


def box_of(side: int) -> tuple[int, int]:
    """Rows and columns of a box where nobody says: as near to a square as can be, wide rather than high (2 by 3 in a grid of 6)."""
    rows = max(n for n in range(1, math.isqrt(side) + 1) if side % n == 0)
    return rows, side // rows


def units(side: int, box: tuple[int, int]) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Every row, column and box with its name and its cells."""
    rows, columns = box
    for n in range(side):
        yield f"row {n + 1}", [(n, other) for other in range(side)]
        yield f"column {n + 1}", [(other, n) for other in range(side)]
        top, left = n // (side // columns) * rows, n % (side // columns) * columns
        yield f"box {n + 1}", [(top + i, left + j) for i in range(rows) for j in range(columns)]


def fault(puzzle: Grid, solution: Grid, box: tuple[int, int]) -> str:
    """What is wrong with a solution, empty if it keeps the givens and every row, column and box holds each number once."""
    side = len(puzzle)
    if len(solution) != side:
        return f"{len(solution)} rows where {side} are wanted"
    for i, j in ((i, j) for i in range(side) for j in range(side)):
        if solution[i][j] == 0:
            return f"row {i + 1}, column {j + 1} is empty"
        if puzzle[i][j] and solution[i][j] != puzzle[i][j]:
            return f"row {i + 1}, column {j + 1} was given as {puzzle[i][j]}"
    whole = set(range(1, side + 1))
    return next((f"{name} has a number twice" for name, cells in units(side, box) if {solution[i][j] for i, j in cells} != whole), "")


@dataclass(frozen=True)
class SudokuRules(AnswerVerifier):
    """Right if the answer is a whole grid that keeps the givens and the rules; a puzzle may have several solutions, and any of them is right.

    Facts: ``puzzle``, as text that `read_grid` reads or as a list of rows; optionally ``box``, the rows and columns of a box (else `box_of`). No stored
    solution is looked at: of the 500 puzzles of side 4 that d1 (arXiv:2504.12216) published 124 have more than one.
    """

    kinds: ClassVar[tuple[str, ...]] = ("sudoku",)
    golds: ClassVar[tuple[type, ...]] = ()
    longest: ClassVar[int] = 20_000

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        try:
            puzzle, box = _puzzle(problem.facts)
        except Unreadable as error:
            return undecided("gold", f"the puzzle: {error}", answer)
        try:
            found = read_grid(answer)
        except Unreadable as error:
            return wrong("parse", str(error), answer)
        said = fault(puzzle, found, box)
        return wrong("rules", said, answer) if said else right("rules", "keeps the givens and the rules", answer)

    def check(self, problem: Problem, where: str) -> None:
        """Raise `BadInput` where the facts hold no puzzle."""
        try:
            _puzzle(problem.facts)
        except Unreadable as error:
            raise BadInput(f"{where}: puzzle", problem.facts.get("puzzle"), str(error)) from error

    def readable(self, answer: str) -> bool:
        """Whether it is a grid; the verdict does not look at it."""
        try:
            read_grid(answer)
        except Unreadable:
            return False
        return len(answer) <= self.longest


def _puzzle(facts: Mapping[str, Any]) -> tuple[Grid, tuple[int, int]]:
    given = facts.get("puzzle")
    if isinstance(given, (list, tuple)):
        given = " ".join(" ".join(map(str, row)) if isinstance(row, (list, tuple)) else str(row) for row in given[: MAX_SIDE + 1])
    if not isinstance(given, str) or len(given) > SudokuRules.longest:
        raise Unreadable("the row needs 'puzzle', as text or as a list of rows")
    puzzle = read_grid(given)
    side, box = len(puzzle), facts.get("box")
    if box is None:
        return puzzle, box_of(side)
    if not isinstance(box, Sequence) or len(box) != 2 or not all(type(n) is int and n > 0 for n in box) or box[0] * box[1] != side:
        raise Unreadable(f"'box' must be two whole numbers whose product is {side}")
    return puzzle, (box[0], box[1])

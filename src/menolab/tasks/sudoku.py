"""Sudoku of side 4, 6 or 9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict, right, undecided, wrong
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.sudoku_rules import SIDES, SYMBOLS, Cells, Rules, Unreadable, broken, candidates, emptied, read_filled, shown, solutions
from menolab.tasks.task import Task
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.extract import response
from menolab.verifiers.verifier import Verifier

NAME = "sudoku"
STYLES = ("search", "direct")
_LONGEST_TRACE = 400


def sudoku_problem(givens: Sequence[int], solution: Sequence[int], side: int) -> Problem:
    """The puzzle with these givens, whoever made it: same content, same id. Difficulty: the number of empty cells."""
    rows, columns = SIDES[side]
    prompt = (
        f"Fill the empty cells (.) of this Sudoku so that every row, every column and every box of {rows} x {columns} cells holds each of the digits "
        f"1 to {side} exactly once.\n{shown(givens, side)}\n"
        f"Think in <think> </think> tags, then give the filled grid in <answer> </answer> tags, one row a line."
    )
    facts = {"side": side, "givens": list(givens)}
    return Problem("".join(map(str, givens)), NAME, prompt, shown(solution, side), float(list(givens).count(0)), facts)


@dataclass(frozen=True)
class FilledGrid(AnswerVerifier):
    """Right if the answer keeps the puzzle's givens and breaks no rule, so that a puzzle with several solutions has several right answers.

    Reads `facts["side"]` and `facts["givens"]` (0 for an empty cell).
    """

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        side, givens = problem.facts.get("side"), problem.facts.get("givens")
        if side not in SIDES or not isinstance(givens, (list, tuple)) or len(givens) != side * side:
            return undecided("gold", "the problem has no givens to check against", answer)
        try:
            cells = read_filled(answer, side)
        except Unreadable as error:
            return wrong("parse", str(error), answer)
        changed = next((i for i, given in enumerate(givens) if given and cells[i] != given), None)
        if changed is not None:
            return wrong("givens", f"the given {givens[changed]} in row {changed // side + 1}, column {changed % side + 1} is changed", answer)
        fault = broken(cells, Rules(side))
        return wrong("rules", fault, answer) if fault else right("rules", "the givens are kept and no rule is broken", answer)


@dataclass(frozen=True)
class Sudoku(Task):
    """Random puzzles with exactly one solution: a random filled grid, emptied cell by cell as long as the solution stays unique.

    The verifier checks the rules and the givens, never a stored solution. Difficulty is the number of empty cells. A draw takes less than 1 ms at side 4 and
    less than 0.1 s at side 9. Puzzles of this kind are what ToTRL (arXiv:2505.12717) and d1 (arXiv:2504.12216) train on; the generator is ours.
    """

    paper = "arXiv:2505.12717"

    side: int = 4
    fewest: int = 4
    """Empty cells, from `fewest` to `most`, uniform; fewer where no more can be emptied."""
    most: int = 10
    verifier: Verifier = FilledGrid(strict=True)
    styles: tuple[str, ...] = STYLES
    weights: tuple[float, ...] = (0.8, 0.2)

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise BadInput("side", self.side, f"one of {', '.join(map(str, SIDES))}")
        check_range("fewest", self.fewest, 1)
        check_range("most", self.most, self.fewest, {4: 12, 6: 28, 9: 60}[self.side])
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def __call__(self, key: Key) -> Problem:
        random, rules = key.random(), Rules(self.side)
        full = next(solutions((0,) * self.side**2, rules, random))
        return sudoku_problem(emptied(random, full, rules, random.randint(self.fewest, self.most)), full, self.side)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"search": the cell with the fewest candidates is filled next, going back where none is left; "direct": the grid alone."""
        return sudoku_demonstration(problem, choose_style(self.styles, self.weights, key))


def sudoku_demonstration(problem: Problem, style: str) -> Demonstration:
    """A response to a puzzle in a named style."""
    trace = "\n".join(search_trace(tuple(problem.facts["givens"]), Rules(problem.facts["side"]))) if style == "search" else ""
    text = response(trace, problem.answer)
    return Demonstration(text, style)


def search_trace(givens: Cells, rules: Rules, symbols: str = SYMBOLS) -> list[str]:
    """A worked search: ``r1c2=3`` (the only candidate), ``r1c2=3?`` (one of several, tried), ``r4c1 none`` (go back). Cut at 400 lines."""
    lines: list[str] = []
    _search(list(givens), rules, lines, symbols)
    return lines if len(lines) <= _LONGEST_TRACE else [*lines[:_LONGEST_TRACE], "..."]


def _search(cells: list[int], rules: Rules, lines: list[str], symbols: str) -> bool:
    empty = [(candidates(cells, cell, rules), cell) for cell, value in enumerate(cells) if not value]
    if not empty:
        return True
    options, cell = min(empty, key=lambda pair: (len(pair[0]), pair[1]))
    at = f"r{cell // rules.side + 1}c{cell % rules.side + 1}"
    if not options:
        lines.append(f"{at} none")
    for value in options:
        lines.append(f"{at}={symbols[value - 1]}{'?' if len(options) > 1 else ''}")
        cells[cell] = value
        if _search(cells, rules, lines, symbols):
            return True
        cells[cell] = 0
    return False

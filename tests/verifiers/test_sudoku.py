"""Sudokus by their rules: any solution is right."""

from __future__ import annotations

import contextlib
import csv
import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.verifiers.exact import Exact
from menolab.verifiers.sudoku import Grid, SudokuRules, Unreadable, box_of, fault, read_grid, units


def problem(puzzle: Any, gold: str = "", **facts: Any) -> Problem:
    return Problem("p", "t", "", gold, facts={"puzzle": puzzle, **facts})


def solutions(puzzle: str) -> list[str]:
    """Every solution of a puzzle of side 4, found by trying, without the verifier's own rules."""
    found: list[str] = []
    rows = ["".join(p) for p in itertools.permutations("1234")]
    fitting = [[row for row in rows if all(g in ("0", s) for g, s in zip(puzzle[4 * n : 4 * n + 4], row, strict=True))] for n in range(4)]
    for four in itertools.product(*fitting):
        columns = all(len({row[j] for row in four}) == 4 for j in range(4))
        if columns and all(len(set(four[i][j : j + 2] + four[i + 1][j : j + 2])) == 4 for i in (0, 2) for j in (0, 2)):
            found.append("".join(four))
    return found


def test_a_quarter_of_the_published_puzzles_has_several_solutions(shared_data: Path) -> None:
    with (shared_data / "sudoku_4x4" / "4x4_test_sudoku.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    several, stored_is_wrong = 0, 0
    for row in rows:
        asked, all_of_them = problem(row["Puzzle"], row["Solution"]), solutions(row["Puzzle"])
        assert row["Solution"] in all_of_them
        several += len(all_of_them) > 1
        for solution in all_of_them:
            assert SudokuRules()(asked, f"<answer>{solution}</answer>").right
            stored_is_wrong += not Exact()(asked, f"<answer>{solution}</answer>").right
        swapped = row["Solution"][1] + row["Solution"][0] + row["Solution"][2:]
        assert SudokuRules()(asked, f"<answer>{swapped}</answer>").label == "wrong"
    assert (len(rows), several) == (500, 124)
    assert stored_is_wrong >= 124, "a grader that compares with the stored solution rejects right answers"


SOLVED = "3142243142131324"
FORMS = [SOLVED, "3142\n2431\n4213\n1324", "[[3,1,4,2],[2,4,3,1],[4,2,1,3],[1,3,2,4]]", "3 1 | 4 2\n2 4 | 3 1\n----+----\n4 2 | 1 3\n1 3 | 2 4",
    "3 1 4 2 2 4 3 1 4 2 1 3 1 3 2 4"]


@pytest.mark.parametrize("form", FORMS)
def test_ways_of_writing_a_grid(form: str) -> None:
    assert read_grid(form) == ((3, 1, 4, 2), (2, 4, 3, 1), (4, 2, 1, 3), (1, 3, 2, 4))
    assert SudokuRules()(problem("3102200002100320"), f"<answer>{form}</answer>").right
    assert SudokuRules()(problem(form), f"<answer>{SOLVED}</answer>").right


def test_lists_and_boxes() -> None:
    assert SudokuRules()(problem([[3, 0, 0, 2], [0] * 4, "0000", [1, 3, 2, 4]]), f"<answer>{SOLVED}</answer>").right
    latin = "123231312"
    assert SudokuRules()(problem("0" * 9), f"<answer>{latin}</answer>").right, "with a prime side the boxes are rows"
    assert SudokuRules()(problem("0" * 16, box=[1, 4]), "<answer>1234234134124123</answer>").right
    assert SudokuRules()(problem("0" * 16), "<answer>1234234134124123</answer>").reason == "box 1 has a number twice"
    assert [box_of(n) for n in (4, 6, 9, 12, 16)] == [(2, 2), (2, 3), (3, 3), (3, 4), (4, 4)]


def big(side: int) -> Grid:
    rows, columns = box_of(side)
    return tuple(tuple((columns * (i % rows) + i // rows + j) % side + 1 for j in range(side)) for i in range(side))


@pytest.mark.parametrize("side", [4, 6, 9, 12, 16, 25, 36])
def test_any_side(side: int) -> None:
    grid, empty = big(side), tuple((0,) * side for _ in range(side))
    assert fault(empty, grid, box_of(side)) == ""
    assert len(list(units(side, box_of(side)))) == 3 * side and all(len(set(cells)) == side for _, cells in units(side, box_of(side)))
    text = "\n".join(" ".join(map(str, row)) for row in grid)
    if side > 9:
        assert read_grid(text) == grid
    asked = problem([list(row) for row in empty])
    assert SudokuRules()(asked, f"<answer>{text}</answer>").right
    assert not SudokuRules()(asked, f"<answer>{text[::-1]}x</answer>").right


REASONS = {
    "1142243142131324": "row 1, column 1 was given as 3", "3142243142131320": "row 4, column 4 is empty", "314224314213132": "15 cells",
        "3142243142131325": "a cell of 5",
    "3142243142131324" + "0" * 20: "6 rows where 4", "x": "1 cells", "3142-43142131324": "15 cells", "②142243142131324": "the sign",
}  # fmt: skip


@pytest.mark.parametrize("answer", REASONS)
def test_what_is_wrong_is_said(answer: str) -> None:
    verdict = SudokuRules()(problem("3102200002100320"), f"<answer>{answer}</answer>")
    assert verdict.label == "wrong" and REASONS[answer] in verdict.reason


@pytest.mark.parametrize("facts", [{}, {"puzzle": 5}, {"puzzle": "123"}, {"puzzle": "0" * 16, "box": [2, 3]}, {"puzzle": "0" * 16, "box": "22"},
    {"puzzle": [[None]]}])
def test_a_bad_puzzle_is_undecided(facts: dict[str, Any]) -> None:
    asked = Problem("p", "t", "", "", facts=facts)
    assert SudokuRules()(asked, f"<answer>{SOLVED}</answer>").label == "undecided"
    with pytest.raises(BadInput, match="line 2"):
        SudokuRules().check(asked, "line 2")


@given(text=st.text(max_size=40) | st.text(alphabet="01234.|[], \n", max_size=60))
@settings(max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_any_text_gets_a_verdict(text: str) -> None:
    assert SudokuRules()(problem("3102200002100320"), f"<answer>{text}</answer>").label in ("right", "wrong")
    with contextlib.suppress(Unreadable):
        assert len(read_grid(text)) >= 2

from __future__ import annotations

from itertools import permutations, product
from pathlib import Path

import pytest

from menolab.tasks.sudoku_file import SudokuFile
from menolab.verifiers.extract import response
from published_cases import as_published, refused

ROW = {"Puzzle": "3102200002100320", "Solution": "3142243142131324"}


def grids() -> list[str]:
    """All 288 grids of side 4, by trying rows."""
    found = []
    for rows in product(permutations("1234"), repeat=4):
        columns, halves = list(zip(*rows, strict=True)), ((0, 2), (2, 4))
        if all(len(set(c)) == 4 for c in columns) and all(len({rows[r][c] for r in range(*a) for c in range(*b)}) == 4 for a in halves for b in halves):
            found.append("".join("".join(row) for row in rows))
    return found


def test_the_published_file_and_every_right_answer_to_it(shared_data: Path) -> None:
    path = shared_data / "sudoku_4x4" / "4x4_test_sudoku.csv"
    task, problems, all_grids = SudokuFile(path=str(path)), as_published(SudokuFile, path, 500), grids()
    assert len(all_grids) == 288
    several = 0
    for problem in problems:
        fits = [grid for grid in all_grids if all(g == "0" or g == cell for g, cell in zip(problem.id, grid, strict=True))]
        assert problem.facts["solutions"] == len(fits)
        assert all(task.verify(problem, response("", grid)).right for grid in fits)
        assert not any(task.verify(problem, response("", grid)).right for grid in all_grids[:40] if grid not in fits)
        several += len(fits) > 1
    assert several == 124


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"Puzzle": "31"}, "Puzzle.*16, 36 or 81"), ({"Puzzle": "3102200002100325"}, "Puzzle.*digits"),
     ({"Solution": "3142243142131323"}, "Solution.*none: .* twice"),
     ({"Solution": "1342243142131324"}, "Solution.*none"), ({"Solution": "3142243142131320"}, "Solution.*fill")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(SudokuFile, tmp_path, ROW, ROW | changed, said)


def test_a_solution_that_changes_a_given_is_refused(tmp_path: Path) -> None:
    refused(SudokuFile, tmp_path, ROW, {"Puzzle": "2" + ROW["Puzzle"][1:], "Solution": ROW["Solution"]}, "Solution.*changes a given")

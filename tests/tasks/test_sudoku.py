from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks.sudoku import Sudoku, search_trace, sudoku_problem
from menolab.tasks.sudoku_rules import Rules, count_solutions, solutions

ROOT = Key.root(9)


@pytest.mark.parametrize(("side", "most"), [(4, 12), (6, 24), (9, 45)])
def test_puzzles_have_one_solution_and_the_verifier_checks_rules(side: int, most: int) -> None:
    task = Sudoku(side, most // 2, most)
    for i in range(3 if side == 9 else 10):
        problem = task(ROOT.fold(i))
        givens = problem.facts["givens"]
        assert count_solutions(givens, Rules(side)) == 1 and problem.difficulty == givens.count(0) <= most
        assert task.verify(problem, f"<answer>{problem.answer}</answer>").right
        assert task.verify(problem, f"<answer>{problem.answer.replace(' ', '').replace(chr(10), '')}</answer>").right, "any layout"
        blank = givens.index(0)
        cells = problem.answer.split()
        cells[blank] = str(int(cells[blank]) % side + 1)
        assert task.verify(problem, f"<answer>{' '.join(cells)}</answer>").stage == "rules"
        cells = problem.answer.split()
        given = next(k for k, g in enumerate(givens) if g)
        cells[given] = str(int(cells[given]) % side + 1)
        assert task.verify(problem, f"<answer>{' '.join(cells)}</answer>").stage == "givens"


def test_more_empty_cells_need_more_search() -> None:
    """The fixed solver of the demonstrations goes back more often as the knob is turned up."""
    def lines(most: int) -> float:
        task = Sudoku(9, most, most)
        return sum(len(search_trace(tuple(p.facts["givens"]), Rules(9))) - p.difficulty for p in (task(ROOT.fold(most, i)) for i in range(4)))

    assert lines(30) <= lines(54) and lines(54) > 0


def test_several_solutions_are_all_right_and_texts_that_are_no_grid_are_not() -> None:
    givens = (0,) * 16
    found = list(solutions(givens, Rules(4)))
    problem = sudoku_problem(givens, found[0], 4)
    task = Sudoku()
    assert len(found) == 288 and all(task.verify(problem, f"<answer>{''.join(map(str, s))}</answer>").right for s in found)
    for answer, said in (("1 2 3", "3 cells"), ("1" * 15 + "5", "none of 1234"), ("1" * 16, "twice in row 1"), ("I give up", "none of")):
        assert said in task.verify(problem, f"<answer>{answer}</answer>").reason
    assert task.verify(problem, found[0].__repr__()).extracted is None


def test_the_worked_search_says_what_is_forced_and_goes_back() -> None:
    solution = next(solutions((0,) * 16, Rules(4)))
    assert search_trace((0, *solution[1:]), Rules(4)) == [f"r1c1={solution[0]}"]
    trace = search_trace((0,) * 16, Rules(4))
    assert trace[0] == "r1c1=1?" and any(line.endswith("?") for line in trace[1:])


@pytest.mark.parametrize("fields", [{"side": 5}, {"fewest": 0}, {"most": 13}, {"fewest": 9, "most": 8}, {"styles": ()}])
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        Sudoku(**fields)

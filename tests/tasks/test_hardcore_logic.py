from __future__ import annotations

from collections import Counter

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.tasks.hardcore_logic import TRANSFORMS, HardcoreLogic, SolvedOrNot
from menolab.tasks.sudoku_rules import Rules, broken, count_solutions
from menolab.verifiers.extract import response

ROOT = Key.root(13)
GAMES = [("sudoku", 4), ("sudoku", 6), ("hanoi", 4)]


@pytest.mark.parametrize(("game", "size"), GAMES)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_solvable_ones_have_a_verified_solution_and_unsolvable_ones_none(game: str, size: int, transform: str) -> None:
    task = HardcoreLogic(game, (transform,), size)
    for i in range(6):
        problem = task(ROOT.fold(i))
        assert task.verify(problem, response("", problem.answer)).right
        assert (problem.answer == "unsolvable") == (transform == "unsolvable")
        if transform != "unsolvable":
            assert task.verify(problem, response("", "Unsolvable.")).reason == "there is a solution"


@pytest.mark.parametrize(("game", "size"), GAMES)
def test_one_who_always_answers_scores_0_on_unsolvable_ones(game: str, size: int) -> None:
    """The stub gives the solution of the puzzle as if nothing were wrong with it: any filled grid, or the moves that would be right if none were barred."""
    task, tried = HardcoreLogic(game, ("unsolvable",), size), Counter()
    for i in range(8):
        problem = task(ROOT.fold("stub", i))
        facts = {**problem.facts, "givens": [0] * size**2, "barred": []}
        stub = _any_solution(facts)
        verdict = task.verify(problem, response("", stub))
        assert verdict.label == "wrong" and verdict.score == 0.0
        tried[verdict.stage] += 1
    assert tried["parse"] == 0


def _any_solution(facts: dict) -> str:
    from menolab.tasks.hardcore_logic import _GAMES

    found = _GAMES[facts["game"]].solve(facts)
    assert found is not None
    return found


def test_unsolvable_sudokus_are_not_refuted_at_sight() -> None:
    task = HardcoreLogic("sudoku", ("unsolvable",), 6)
    for i in range(6):
        facts = task(ROOT.fold(i)).facts
        assert broken(facts["givens"], Rules(6)) is None and count_solutions(facts["givens"], Rules(6)) == 0


def test_solvable_sudokus_have_one_solution_by_their_own_rules() -> None:
    task = HardcoreLogic("sudoku", ("larger", "form", "rule"), 4)
    kinds = Counter()
    for i in range(30):
        problem = task(ROOT.fold(i))
        facts = problem.facts
        assert count_solutions(facts["givens"], Rules(4, tuple(facts["regions"]), facts["diagonals"])) == 1
        assert ("region's number" in problem.prompt) == bool(facts["regions"]) == (facts["transform"] == "form")
        assert ("both diagonals" in problem.prompt) == facts["diagonals"] == (facts["transform"] == "rule")
        kinds[facts["transform"]] += 1
    assert set(kinds) == {"larger", "form", "rule"}


def test_barred_moves_are_told_and_kept() -> None:
    task = HardcoreLogic("hanoi", ("rule",), 4)
    for i in range(6):
        problem = task(ROOT.fold(i))
        for a, b in problem.facts["barred"]:
            assert f"No disk may move from peg {a} to peg {b}." in problem.prompt
            assert f", {a}, {b}]" not in problem.answer


def test_searches_are_demonstrated_with_the_puzzles_own_symbols() -> None:
    task = HardcoreLogic("sudoku", ("form",), 4, styles=("search",), weights=(1.0,))
    problem = task(ROOT)
    said = task.demonstrate(problem, ROOT).text
    assert task.verify(problem, said).right
    assert all(line[-1] in problem.facts["symbols"] + "?" for line in said.split("</think>")[0].split("\n") if "=" in line)
    hanoi = HardcoreLogic("hanoi", ("unsolvable",), 3, styles=("search",), weights=(1.0,))
    assert "positions can be reached" in hanoi.demonstrate(hanoi(ROOT), ROOT).text


def test_other_answers_and_problems() -> None:
    task = HardcoreLogic()
    problem = task(ROOT)
    assert task.verify(problem, "<answer>it has no solution</answer>").stage == "parse"
    assert SolvedOrNot()(Problem("p", "t", "?", "x"), "<answer>unsolvable</answer>").label == "undecided"
    assert SolvedOrNot()(Problem("p", "t", "?", "x", facts={"game": "chess"}), "<answer>1</answer>").label == "undecided"


@pytest.mark.parametrize("fields", [{"game": "chess"}, {"size": 5}, {"game": "hanoi", "size": 7}, {"transforms": ()}, {"transforms": ("x",)}, {"styles": ()}])
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        HardcoreLogic(**fields)

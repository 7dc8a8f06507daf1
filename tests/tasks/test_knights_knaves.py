from __future__ import annotations

from collections import Counter

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks.knights_knaves import KnightsKnaves, assume_and_check, knights_knaves_problem
from menolab.tasks.knights_knaves_logic import depth, read_statements, solve

ROOT = Key.root(5)


def test_exactly_one_solution_and_every_flip_is_wrong() -> None:
    task = KnightsKnaves(fewest=2, most=8, depth=2, wording="full")
    seen = Counter()
    for i in range(40):
        problem = task(ROOT.fold(i))
        statements = read_statements(problem.facts["statements"])
        assert [list(k) for k in solve(statements)] == [problem.facts["solution"]]
        assert max(map(depth, statements)) <= 2
        seen[len(statements)] += 1
        lines = problem.answer.split("\n")
        for flip in range(len(lines)):
            turned = lines[flip].replace("knight", "KNAVE").replace("knave", "knight").replace("KNAVE", "knave")
            other = [turned if k == flip else line for k, line in enumerate(lines)]
            assert task.verify(problem, f"<answer>{chr(10).join(other)}</answer>").label == "wrong"
        assert task.verify(problem, f"<answer>{', '.join(reversed(lines))}</answer>").right
    assert set(seen) == set(range(2, 9))


def test_search_checks_before_it_goes_on_and_backs_up() -> None:
    # A: B is a knave; B: A is a knave and C a knight; C: B is a knave
    problem = knights_knaves_problem("ABC", [["lying", 1], ["and", ["lying", 0], ["telling-truth", 2]], ["lying", 1]], wording="short")
    assert problem.prompt == "A: !B\nB: !A&C\nC: !B\n" and problem.answer == "A knight B knave C knight"
    assert assume_and_check(problem) == "A+\nA+B+ no A\nA+B-\nA+B-C+"
    problem = knights_knaves_problem("AB", [["and", ["lying", 0], ["lying", 1]], ["lying", 0]], wording="short")
    assert assume_and_check(problem) == "A+\nA+B+ no A\nA+B- no A\nA-\nA-B+"


def test_difficulty_counts_people_first() -> None:
    deep = KnightsKnaves(fewest=3, most=3, depth=4)(ROOT)
    assert KnightsKnaves(fewest=4, most=4, depth=1)(ROOT).difficulty > deep.difficulty >= 3.0


@pytest.mark.parametrize(
    ("names", "statements", "said"),
    [("AB", [["lying", 1], ["lying", 0]], "has 2"), ("AB", [["lying", 0], ["lying", 0]], "has 0"), ("AA", [["lying", 1], ["lying", 0]], "different"),
     ("ABC", [["lying", 1], ["lying", 0]], "different")],
)  # fmt: skip
def test_not_a_puzzle(names: str, statements: list, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        knights_knaves_problem(names, statements)


@pytest.mark.parametrize("fields", [{"fewest": 1}, {"most": 9}, {"fewest": 4, "most": 3}, {"depth": 5}, {"wording": "x"}, {"styles": ()}])
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        KnightsKnaves(**fields)

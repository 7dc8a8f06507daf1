from __future__ import annotations

from itertools import product
from random import Random

from menolab.tasks.satisfiability import random_clauses, satisfies, solve


def by_hand(variables: int, clauses: tuple[tuple[int, ...], ...]) -> bool:
    """Try every assignment."""
    return any(all(any((v > 0) == values[abs(v) - 1] for v in clause) for clause in clauses) for values in product((True, False), repeat=variables))


def test_agrees_with_brute_force_at_every_ratio() -> None:
    random = Random(1)
    for variables in (3, 5, 8):
        for ratio in (1.0, 3.0, 4.7, 6.0):
            for _ in range(12):
                clauses = random_clauses(random, variables, min(round(ratio * variables), 8 if variables == 3 else 999))
                solved = solve(variables, clauses)
                assert (solved.assignment is not None) == by_hand(variables, clauses)
                assert solved.assignment is None or satisfies(solved.assignment, clauses)


def test_small_formulas() -> None:
    assert solve(2, []).assignment == (False, False) and solve(2, []).decisions == 0
    assert solve(1, [(1,), (-1,)]).assignment is None
    assert solve(2, [()]).assignment is None
    assert solve(2, [(1,), (-1, 2)]).assignment == (True, True)


def test_clauses_are_different_and_of_different_variables() -> None:
    clauses = random_clauses(Random(2), 4, 32)
    assert len(set(clauses)) == 32 and all(len({abs(v) for v in clause}) == 3 for clause in clauses), "4 variables give no more than 32"
    assert random_clauses(Random(2), 9, 30) == random_clauses(Random(2), 9, 30)

"""Propositional satisfiability: formulas in conjunctive form, a complete solver, and where random ones are hard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

Clause = tuple[int, ...]
"""Literals of a disjunction: v for the variable v (from 1), -v for its negation."""


@dataclass(frozen=True)
class Solved:
    """What the solver found, and at what cost."""

    assignment: tuple[bool, ...] | None
    """One truth value a variable, or None: there is no satisfying assignment."""
    decisions: int
    """Branches taken, both sides of a decision counted: the measure of hardness."""


def satisfies(assignment: Sequence[bool], clauses: Iterable[Clause]) -> bool:
    """Whether every clause holds."""
    return all(any(assignment[abs(literal) - 1] == (literal > 0) for literal in clause) for clause in clauses)


def solve(variables: int, clauses: Sequence[Clause]) -> Solved:
    """Davis, Putnam, Logemann and Loveland's procedure: unit clauses first, then the variable that occurs most often. Complete; exponential at worst."""
    decisions = 0

    def search(rest: list[Clause], true: frozenset[int]) -> frozenset[int] | None:
        nonlocal decisions
        while unit := next((clause[0] for clause in rest if len(clause) == 1), 0):
            rest, true = _assume(rest, unit), true | {unit}
        if () in rest:
            return None
        if not rest:
            return true
        literal = Counter(literal for clause in rest for literal in clause).most_common(1)[0][0]
        for choice in (literal, -literal):
            decisions += 1
            found = search(_assume(rest, choice), true | {choice})
            if found is not None:
                return found
        return None

    found = search(list(clauses), frozenset())
    return Solved(None if found is None else tuple(v in found for v in range(1, variables + 1)), decisions)


def _assume(clauses: Iterable[Clause], literal: int) -> list[Clause]:
    """What remains of the clauses once a literal is true."""
    return [tuple(other for other in clause if other != -literal) for clause in clauses if literal not in clause]


def random_clauses(random: Random, variables: int, count: int, width: int = 3) -> tuple[Clause, ...]:
    """`count` different clauses of `width` different variables, each negated with probability one half, uniform."""
    found: dict[Clause, None] = {}
    while len(found) < count:
        chosen = sorted(random.sample(range(1, variables + 1), width))
        found[tuple(v if random.random() < 0.5 else -v for v in chosen)] = None
    return tuple(found)

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations, product

import pytest

from menolab.tasks.countdown_solver import derivations, solutions, tally
from menolab.verifiers.expression import parse


def brute_force(numbers: tuple[int, int, int], target: int, operations: str = "+-*/") -> tuple[int, int]:
    """(hits, expressions) over all trees of three numbers, written independently: both shapes, sides of + and * counted once."""
    hits = total = 0
    apply = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}
    for a, b, c in permutations(map(Fraction, numbers)):
        for inner, outer in product(operations, repeat=2):
            for flipped in (False, True):  # (a o b) o c, or c o (a o b)
                weight = Fraction(1, 2) if inner in "+*" else Fraction(1)
                weight *= Fraction(1, 2) if outer in "+*" else Fraction(1)
                try:
                    pair = apply[inner](a, b)
                    value = apply[outer](c, pair) if flipped else apply[outer](pair, c)
                except ZeroDivisionError:
                    continue
                total += weight
                hits += weight * (value == target)
    return int(hits), int(total)


@pytest.mark.parametrize(
    ("numbers", "target"), [((30, 100, 93), 23), ((2, 3, 7), 13), ((5, 5, 3), 10), ((1, 1, 1), 1), ((4, 4, 8), 16), ((6, 3, 2), 4)]
)
def test_tally_agrees_with_brute_force(numbers: tuple[int, int, int], target: int) -> None:
    assert tuple(tally(numbers, target)) == brute_force(numbers, target)


@pytest.mark.parametrize("numbers", [(2, 2, 1), (3, 3, 6), (7, 5, 35)])
@pytest.mark.parametrize("target", [0, 1, 2, 12])
@pytest.mark.parametrize("operations", ["+-*/", "*/", "-/", "-*", "+"])
def test_tally_counts_zeros_fractions_and_some_operations(numbers: tuple[int, int, int], target: int, operations: str) -> None:
    """Solving for the other side divides, and zero is on some side here."""
    assert tuple(tally(numbers, target, operations)) == brute_force(numbers, target, operations)


def test_bits() -> None:
    assert tally((1, 2), 3).bits == pytest.approx(math.log2(6))
    assert tally((1, 2), 99).bits == math.inf


def test_solutions_are_right_distinct_and_complete() -> None:
    for numbers, target in (((3, 3, 8, 8), 24), ((1, 4, 6, 1), 24), ((30, 100, 93), 23), ((5, 5, 3), 10), ((1, 2, 3, 4), 10)):
        found = list(solutions(numbers, target))
        assert found and len(found) == len(set(found))
        for text in found:
            expression = parse(text)
            assert expression.value() == target and sorted(expression.numbers) == sorted(numbers)
        assert len(found) == tally(numbers, target).hits or len(set(numbers)) < len(numbers), "equal numbers make equal texts"
        assert bool(found) >= any(d.value == target for d in derivations(numbers))
    assert list(solutions((3, 3, 8, 8), 24)) == ["8/(3-(8/3))"], "needs fractions"
    assert list(solutions((1, 1, 1, 1), 24)) == []
    assert list(solutions((2, 3), 6, operations="+-")) == []


def test_derivations_stay_natural_and_say_what_they_compute() -> None:
    for numbers in ((7, 31, 18), (5, 5, 3), (2, 2, 2, 2), (10, 4, 3, 1)):
        for derivation in derivations(numbers):
            expression = parse(derivation.expression)
            assert expression.value() == derivation.value
            assert sorted(expression.numbers) == sorted(numbers)
            for left, operation, right, value in derivation:
                assert value >= 0 and parse(f"{left}{operation}{right}").value() == value
            assert derivation.sums == (not set(str(derivation)) & set("*/"))

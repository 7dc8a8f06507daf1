from __future__ import annotations

import re

import pytest

from menolab.keys import Key
from menolab.tasks.multiplication import Multiplication, partial_products
from menolab.verifiers.expression import parse

ROOT = Key.root(2)


@pytest.mark.parametrize(("a", "b"), [(34, 12), (7, 8), (99, 101), (5, 200), (0, 45), (45, 0), (999, 999)])
def test_partial_products_are_true_and_end_in_the_product(a: int, b: int) -> None:
    said = re.findall(r"(\S+)=(\d+)", partial_products(a, b))
    assert all(parse(left).value() == int(value) for left, value in said)
    assert b == 0 or int(said[-1][1]) == a * b
    assert len(said) == max(2 * sum(d != "0" for d in str(b)) - 1, 0)


def test_difficulty_and_identity() -> None:
    for i in range(50):
        problem = Multiplication()(ROOT.fold(i))
        a, b = problem.facts["a"], problem.facts["b"]
        assert problem.answer == str(a * b) and problem.difficulty == len(str(a)) * len(str(b))
        assert problem.id == f"{min(a, b)}*{max(a, b)}"


def test_partial_credit_is_off() -> None:
    problem = Multiplication()(ROOT)
    assert Multiplication().verify(problem, f"<answer>{int(problem.answer) + 1}</answer>").score == 0.0

from __future__ import annotations

from fractions import Fraction

import pytest

from menolab.verifiers.math.building import applied, over, raised, times
from menolab.verifiers.math.terms import Term, Unreadable, number, symbol


def test_numbers_fold_and_units_stay_outside() -> None:
    assert times(number(2), number(3)) == number(6) and over(number(1), number(3)) == number(Fraction(1, 3))
    assert raised(number(10), number(-2)) == number(Fraction(1, 100)) and raised(number(2), number(3)).head == "^"
    assert times(number(2), Term("quantity", (number(3),), "percent")) == Term("quantity", (number(6),), "percent")


def test_functions() -> None:
    assert applied("exp", (symbol("x"),), None) == Term("^", (symbol("e"), symbol("x")))
    assert applied("log", (number(8),), number(2)).head == "*"
    with pytest.raises(Unreadable):
        applied("sin", (number(1), number(2)), None)
    with pytest.raises(Unreadable):
        applied("sin", (number(1),), number(2))


@pytest.mark.parametrize("head", ["list", "set", "text", "relation", "union", "base"])
def test_no_list_inside_a_formula(head: str) -> None:
    for make in (lambda t: times(t, number(2)), lambda t: over(number(2), t), lambda t: raised(t, number(2)), lambda t: applied("ln", (t,), None)):
        with pytest.raises(Unreadable):
            make(Term(head))

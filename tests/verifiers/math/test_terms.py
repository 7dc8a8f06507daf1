from __future__ import annotations

from fractions import Fraction

from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.terms import Term, minus, negative, number, product, quotient, replace, show, symbol, variables, walk


def test_numbers_fold_while_they_are_short() -> None:
    assert quotient(number(4), number(6)) == number(Fraction(2, 3))
    assert product(number(4), number(6)) == number(24)
    assert negative(number(3)) == number(-3)
    assert quotient(number(1), number(0)).head == "*", "a division by zero is kept for whoever computes"
    long = number(10**999)
    assert product(product(long, long), long).head == "*", "products that grow are not multiplied out"


def test_variables_are_what_stands_for_anything() -> None:
    assert variables(parse(r"\pi x + e^{i} f(y)")) == {"x", "f", "y"}


def test_replace_and_walk() -> None:
    term = parse("x^2+x")
    twos = replace(term, lambda node: number(2) if node == symbol("x") else None)
    assert not variables(twos) and variables(term) == {"x"}
    assert sum(node == symbol("x") for node in walk(term)) == 2


def test_show_is_short_even_for_numbers_that_cannot_be_printed() -> None:
    assert show(number(Fraction(1, 2))) == "1/2"
    assert "digits" in show(Term("number", (), "", Fraction(2**20000)))
    assert show(minus(symbol("a"), symbol("b"))).startswith("+(")

from __future__ import annotations

from fractions import Fraction

import pytest

from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.symbolic import same

NUMBERS = [
    ("7", 7), ("-7", -7), ("007", 7), ("7.50", "15/2"), (".5", "1/2"), ("7.", 7), ("1,234", 1234), ("1,234,567", 1234567), ("1 4/5", "9/5"), (r"1\frac{4}{5}",
    "9/5"),
    (r"2\frac12", "5/2"), (r"-2\frac12", "-5/2"), (r"\frac12", "1/2"), (r"\frac1{2}", "1/2"), (r"\frac{1}2", "1/2"), ("1/2", "1/2"), (r"0.1\overline{6}",
    "1/6"),
    (r"1.2\times10^{5}", 120000), ("6.02e23", 602 * 10**21), ("1e-3", "1/1000"), ("10^{-3}", "1/1000"), ("2*3*4", 24), ("--3", 3), ("(((5)))", 5), ("{5}", 5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers(text: str, value: int | str) -> None:
    assert parse(text).value == Fraction(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\sin 3x \cos x", r"(\sin(3x))(\cos(x))"), (r"\cos(x) y", r"y\cos(x)"), ("2^10", "2^{10}"), (r"\frac ab", "a/b"), (r"\sin(x)/2", r"\frac{\sin x}{2}"),
        ("a/bc", r"\frac{a}{b}c"), ("-x^2", "-(x^2)"), ("2x^2", "2(x^2)"), ("e^x", r"\exp(x)"), ("1,234", "1234"), (r"\frac{1}{2}", r"\dfrac{1}{2}"),
    ],
)  # fmt: skip
def test_precedence(one: str, other: str) -> None:
    assert same(parse(one), parse(other)).equal


def test_a_whole_number_before_a_fraction_is_never_a_product() -> None:
    assert parse(r"2\frac{1}{2}").value == Fraction(5, 2)
    assert parse(r"2\cdot\frac{1}{2}").value == 1 and parse(r"(2)\frac12").value == 1


def test_functions_are_told_from_products() -> None:
    assert parse("3-2f(x)").args[1].args[1].args[1].head == "call"
    assert parse("h(a+b)").head == "*"
    assert parse("I(0)").head == "call" and parse("e(0)").head == "*", "a value at 0 is no product with 0"

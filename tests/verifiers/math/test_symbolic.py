from __future__ import annotations

import pytest

from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.symbolic import same, same_equation, value, with_log_base
from menolab.verifiers.math.terms import minus, number


@pytest.mark.parametrize(
    ("one", "other", "equal", "stage"),
    [
        ("x+1", "x+1", True, "identical"), ("x+1", "1+x", True, "exact"), ("x", "x+1", False, "exact"), (r"\infty", r"-\infty", False, "exact"),
        (r"\infty", r"\infty", True, "identical"), (r"\infty", "7", False, "exact"), ("1/0", "1", False, "exact"), (r"\cos 2x", r"1-2\sin^2 x", True,
        "numeric"),
        ("9^9^9^9", "42", None, "undecided"),
    ],
)  # fmt: skip
def test_stages(one: str, other: str, equal: bool | None, stage: str) -> None:
    found = same(parse(one), parse(other))
    assert (found.equal, found.stage) == (equal, stage) and found.reason


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("2x+4y-3=0", r"y=-\frac12x+\frac34", True), ("3x-y+13=0", "3x+4y+14=0", False), ("x/y=2", "x=2y", True), ("x=1", "y=1", False), ("x^2=1", "1-x^2=0",
        True),
        (r"y=\sin x", r"2y-2\sin x=0", True), ("x=x", "x=5", False), (r"x=\sqrt2", r"\sqrt2x=2", True),
    ],
)  # fmt: skip
def test_equations(one: str, other: str, equal: bool) -> None:
    a, b = (minus(*parse(text).args) for text in (one, other))
    assert same_equation(a, b).equal is equal


def test_inequalities_keep_their_direction() -> None:
    assert same_equation(parse("x-5"), parse("2x-10"), ordered=True).equal is True
    assert same_equation(parse("x-5"), parse("5-x"), ordered=True).equal is False


def test_logarithms() -> None:
    log, unknown = parse(r"\log 100"), with_log_base(parse(r"\log 100"), None)
    assert same(with_log_base(log, number(10)), number(2)).equal
    assert not same(unknown, number(2)).equal
    assert same(with_log_base(parse(r"\frac{\log 8}{\log 2}"), None), number(3)).equal, "an unknown base cancels"


def test_value() -> None:
    assert value(parse(r"\sqrt{9}")) == 3
    assert value(parse(r"\sqrt{8}")) is None and value(parse("1/0")) is None

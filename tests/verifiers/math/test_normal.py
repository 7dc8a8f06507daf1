from __future__ import annotations

import math
import random
import time
from fractions import Fraction

import pytest

from menolab.verifiers.math.normal import Inexact, Undefined, cleared, equal, factor, normal, proportional, proven, rational
from menolab.verifiers.math.parser import parse


def verdict(one: str, other: str) -> bool | None:
    return equal(normal(parse(one)), normal(parse(other)))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (r"\sqrt{12}", r"2\sqrt3", True), (r"\frac{\sqrt2}{2}", r"\frac{1}{\sqrt2}", True), (r"\sqrt{2}\sqrt{3}", r"\sqrt{6}", True), (r"\sqrt{2}", "1.414",
        False),
        (r"\frac{1}{1+\sqrt2}", r"\sqrt2-1", True), (r"\sqrt[4]{4}", r"\sqrt2", True), (r"\sqrt[3]{-8}", "-2", True), (r"8^{2/3}", "4", True), ("i^2", "-1",
        True),
        (r"\sqrt{-4}", "2i", True), ("(1+i)^2", "2i", True), (r"\frac{1}{i}", "-i", True), ("(x+1)^2", "x^2+2x+1", True), (r"\frac{1}{a-b}",
        r"-\frac{1}{b-a}", True),
        (r"\frac{x^2-1}{x-1}", "x+1", True), ("2^{n+1}", r"2\cdot 2^n", True), ("4^n", "2^{2n}", True), ("6^n", "2^n3^n", True), ("e^{x+y}", "e^xe^y", True),
        (r"\pi", r"\pi+10^{-200}", False), (r"\pi", "3.14", False), ("x", "y", False), ("x^{1/2}", r"\sqrt x", True), ("2^{2019}-2020", "2^{2019}-2021", False),
        (r"\frac{1}{2004!}", r"\frac{1}{2006!}", False), (r"\binom{5}{2}", "10", True), (r"\lfloor 3.7\rfloor", "3", True), (r"\lceil -3.7\rceil", "-3", True),
        (r"\sqrt{x^2}", "x", None), (r"\sqrt{3+2\sqrt2}", r"1+\sqrt2", None), (r"\sin^2 x+\cos^2 x", "1", None), (r"\pi+e", r"\pi e", None),
    ],
)  # fmt: skip
def test_equal(one: str, other: str, expected: bool | None) -> None:
    assert verdict(one, other) is expected
    assert verdict(other, one) is expected


def test_random_polynomials_against_evaluation() -> None:
    """Normal forms agree with Fractions at random points, and expanding changes nothing."""
    draw = random.Random(0)
    for _ in range(60):
        a, b, c, d = (draw.randint(-9, 9) for _ in range(4))
        assert verdict(f"({a}x+({b}))({c}x+({d}))", f"({a * c})x^2+({a * d + b * c})x+({b * d})") is True
        n, m = draw.randint(2, 400), draw.randint(2, 400)
        assert verdict(rf"\sqrt{{{n}}}\cdot\sqrt{{{m}}}", rf"\sqrt{{{n * m}}}") is True
        root = math.isqrt(n)
        assert verdict(rf"\sqrt{{{n}}}", str(root)) is (root * root == n)


def test_rational_and_factor() -> None:
    assert rational(normal(parse(r"\frac{1}{3}+\frac16"))) == Fraction(1, 2)
    assert rational(normal(parse("x"))) is None
    assert factor(360) == {2: 3, 3: 2, 5: 1}
    assert factor(10007**2) == {10007: 2}


def test_what_is_undefined_or_too_large() -> None:
    for text in ("1/0", r"\frac{1}{x-x}", "0^{0}", "0^{-1}"):
        with pytest.raises(Undefined):
            normal(parse(text))
    for text in ("9^9^9", "2^{10^{100}}", "100000!+x-x+2^{99999999}", "(a+b+c+d+e+f)^{40}", r"\infty", "(1,2)"):
        with pytest.raises(Inexact):
            start = time.perf_counter()
            normal(parse(text))
        assert time.perf_counter() - start < 1.0


def test_surds_of_unfactored_numbers_are_not_proven_different() -> None:
    large = 10**18 + 9
    assert proven(normal(parse(r"\sqrt{2}-1")).top)
    assert not proven(normal(parse(rf"\sqrt{{{large}}}")).top)


def test_equations_are_proportional() -> None:
    one, other, third = (normal(parse(text)).top for text in ("2x+4y-3", r"-x-2y+\frac32", "2x+4y-4"))
    assert proportional(one, other) and not proportional(one, third) and not proportional({}, one)
    assert cleared(normal(parse("x/y-2")).top) == normal(parse("x-2y")).top

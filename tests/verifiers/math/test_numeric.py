from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest

from menolab.verifiers.math.numeric import Evaluator, Unevaluable, agree, near, points, ratio_is_constant, values, within
from menolab.verifiers.math.parser import parse

SAME = [
    (r"\sqrt{3+2\sqrt2}", r"1+\sqrt2"), (r"e^{i\pi}", "-1"), (r"\sec^2 y", r"\tan^2 y+1"), (r"\cos 2x", r"1-2\sin^2 x"), (r"\arctan 1", r"\pi/4"), ("n!",
    "n(n-1)!"),
    (r"\binom{n}{3}", r"\frac{n(n-1)(n-2)}{6}"), (r"\sqrt{a}\sqrt{b}", r"\sqrt{ab}"), ("|x|", r"\sqrt{x^2}"), (r"\ln(ab)", r"\ln a+\ln b"), ("(-1)^n",
    "(-1)^{n+2}"),
    (r"30p\sqrt{p}", r"30\sqrt{p^3}"), (r"\lfloor n/2\rfloor+\lceil n/2\rceil", "n"), (r"\sin\pi", "0"), (r"\cos 60^\circ", "1/2"), ("3-2f(x)", "3-f(x)-f(x)"),
]  # fmt: skip
OTHER = [
    (r"\sqrt{x^2}", "x"), (r"\sin x", r"\cos x"), (r"\ln x^2", r"2\ln(x+1)"), (r"\sin 1", r"\sin 1+10^{-90}"), (r"\frac{\ln 2}{10^{200}}",
    r"\frac{\ln 2}{10^{201}}"),
    (r"mn-\lfloor m/2\rfloor", r"mn-\lfloor m/3\rfloor"), ("f(2)", "f(3)"), ("f(x)", "g(x)"), ("(-1)^n", "1"), (r"\frac{1}{9999!}", r"\frac{1}{9998!}"),
    ("9^{9^9}", "9^{9^8}"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same(one: str, other: str) -> None:
    assert agree(parse(one), parse(other)) is True


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other(one: str, other: str) -> None:
    assert agree(parse(one), parse(other)) is False


@pytest.mark.parametrize("text", ["9^9^9^9", r"\sin(9^{9^9})", r"\tan(\pi/2)", "(((9!)!)!)!", "e^{e^{e^{e^e}}}", r"\infty+1", r"\ln 0", r"\sum_{k=1}^{n} k"])
def test_what_has_no_value_is_open_and_quick(text: str) -> None:
    start = time.perf_counter()
    assert agree(parse(text), parse(r"\ln 2")) is None
    assert time.perf_counter() - start < 1.0


def test_points_are_fixed_by_the_pair() -> None:
    a, b = parse("x+y"), parse("y-x")
    assert points(a, b) == points(a, b) and points(a, b) != points(b, a)
    assert all(value > 0 for real, point in points(a, b) if not real for value in point.values())
    assert all(value.denominator == 1 for _, point in points(parse("n!"), a) for value in point.values())


def test_ratio_of_equations() -> None:
    assert ratio_is_constant(parse(r"2\sin x-2"), parse(r"1-\sin x"), positive=False) is True
    assert ratio_is_constant(parse(r"2\sin x-2"), parse(r"1-\sin x"), positive=True) is False
    assert ratio_is_constant(parse(r"\sin x"), parse(r"\cos x"), positive=False) is False


def test_tolerances() -> None:
    assert near(parse(r"\sqrt2"), parse("1.4142"), 1e-4) and not near(parse(r"\sqrt2"), parse("1.42"), 1e-4)
    assert within(parse(r"\sqrt2"), parse("1.41"), Fraction(1, 100)) and not within(parse("7"), parse("8"), Fraction(1))


def test_real_evaluation_refuses_what_is_not_real() -> None:
    with pytest.raises(Unevaluable):
        Evaluator(30, {}, real=True)(parse(r"\sqrt{-2}"))
    assert Evaluator(30, {}, real=False)(parse("i^2")) == -1


def test_what_a_floor_rounds_is_not_whole() -> None:
    same, floor, ceiling = r"-\lfloor -x\rfloor", r"\lfloor x\rfloor", r"\lceil x\rceil"
    for one, other, equal in ((floor, ceiling, False), (r"\lfloor 2x\rfloor", "2x", False), (ceiling, same, True)):
        assert agree(parse(one), parse(other)) is equal
    assert agree(parse(r"\lfloor n/2\rfloor + \lceil n/2\rceil"), parse("n")) is True, "here n is whole"


def test_precision_follows_magnitude_and_threads_do_not_disturb_it() -> None:
    term = parse(r"10^{300}\sin 1")
    a, b, rounding = values(term, term, {}, real=True)
    assert a == b and rounding < 1e-300
    pairs = [(parse(one), parse(other)) for one, other in SAME] * 4
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda pair: agree(*pair), pairs))

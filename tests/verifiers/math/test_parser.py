from __future__ import annotations

import time
from pathlib import Path

import pytest

from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.terms import Unreadable, Unsupported
from verifiers.math.golds import by_file

KINDS = [
    ("3,5,7", "list"), ("x=2 or x=3", "list"), (r"1 \text{ and } 2", "list"), ("(1,2)", "bracket"), ("[2,5)", "bracket"), (r"(-\infty,2)\cup(3,\infty)",
    "union"),
    (r"\{1,2\}", "set"), (r"\{\}", "set"), (r"\emptyset", "set"), (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "matrix"), ("x=5", "relation"), (r"0\le x<1",
    "relation"),
    ("3:5", "ratio"), ("52_8", "base"), ("5 cm", "quantity"), (r"28\%", "quantity"), (r"\$5", "quantity"), (r"90^\circ", "degree"), (r"1\pm\sqrt2", "+"),
    (r"\pm 3", "pm"),
    ("no solution", "text"), (r"\text{Evelyn}", "text"), (r"A \text{ triangle}", "text"), ("n!", "!"), (r"\binom{n}{3}", "binom"), ("|x|", "abs"),
    (r"\sqrt[3]{2}", "root"),
    (r"\lfloor x\rfloor", "floor"), (r"\sin 3x", "sin"), (r"\sin^2 x", "^"), (r"\sin^{-1} x", "arcsin"), (r"\log_2 8", "*"), ("f(x)", "call"), ("x(y)", "*"),
    ("x_1", "symbol"),
    (r"x'", "symbol"), (r"\overline{AB}", "symbol"), (r"\angle ABC", "symbol"), (r"\sum_{k=1}^{n} k", "sum"), (r"\mathbb{R}", "bracket"), ("sqrt(2)", "root"),
    ("pi", "symbol"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "head"), KINDS)
def test_kinds(text: str, head: str) -> None:
    assert parse(text).head == head


@pytest.mark.parametrize("text", ["", " ", "(", "1+", r"\frac{1}", "3 4", "1 2/0", "x^", "^2", r"\{1", "[1]2]", "1..2", "(1", ")", "7 squared", "1/2/"])
def test_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)


@pytest.mark.parametrize("text", [r"\int_0^1 x dx", r"\{x | x^2>0\}", r"\mathbb{R}\setminus\{0\}", r"3\frac{9}{8}", r"3 \pmod 5",
r"\begin{cases}1\\2\end{cases}"])
def test_unsupported_is_not_nonsense(text: str) -> None:
    with pytest.raises(Unsupported):
        parse(text)


def test_bounds() -> None:
    for text in ("(" * 3000 + "1" + ")" * 3000, r"\frac{1}{" * 500 + "1" + "}" * 500, "9" * 1001, "1e1001", "-" * 3000 + "1", "2^{" * 400 + "1" + "}" * 400):
        start = time.perf_counter()
        with pytest.raises(Unreadable):
            parse(text)
        assert time.perf_counter() - start < 1.0


def test_real_golds_parse(shared_data: Path) -> None:
    golds = sorted({gold for answers in by_file(shared_data).values() for gold in answers if gold.strip() and not gold.startswith("[")})
    failed = []
    for gold in golds:
        try:
            parse(gold)
        except Unreadable:
            failed.append(gold)
    assert len(golds) > 6000
    assert len(failed) <= 0.002 * len(golds), failed

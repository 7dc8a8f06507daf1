from __future__ import annotations

import time

import pytest

from menolab.verifiers.math.compare import MAX_LIST, compare
from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.rules import Rules, strict

SAME = [
    "3,5,7 ~ 7,3,5", r"(1,2),(3,4) ~ (3,4),(1,2)", r"(2,3) ~ (x,y)=(2,3)", "(2,3) ~ x=2,y=3", r"x=2,3 ~ \{3,2\}", r"x=2 \text{ or } x=3 ~ 2,3",
    r"a=2,b=3 ~ b=3,a=2",
    r"x<1 \text{ or } x>3 ~ (-\infty,1)\cup(3,\infty)", r"x\in\mathbb{R} ~ (-\infty,\infty)", r"\{1,2\} ~ \{2,1,1\}", r"f(x)=x,f(x)=2-x ~ f(x)=2-x, f(x)=x",
    r"\left[\begin{matrix}1&2\end{matrix}\right] ~ \begin{pmatrix}1&2\end{pmatrix}",
    r"\begin{pmatrix}1/2\\1\end{pmatrix} ~ \begin{pmatrix}0.5\\1\end{pmatrix}", "-1<x<1 ~ (-1,1)",
    r"\frac78\text{ or }87.5\% ~ \frac78", r"\text{Ann, Bob} ~ Bob, Ann", r"1,2,\ldots,n ~ 1,2,\ldots,n", r"x\ne 0 ~ 0\ne x",
    r"1\pm\sqrt2 ~ 1-\sqrt2,1+\sqrt2", "6:30 pm ~ 6:30 PM",
    r"\{1\pm\sqrt5,-2\} ~ -2,1+\sqrt5,1-\sqrt5", "5 ~ x=5", "y=2x+1 ~ 2x+1", r"\angle A=30^\circ ~ 30",
    r"2021\cdot 505\cdot 337 ~ 343692...".replace("343692...", str(2021 * 505 * 337)),
]  # fmt: skip
OTHER = [
    r"(3,1) ~ \{1,3\}", "(1,2) ~ [1,2]", "1,2 ~ 1", "1 ~ 1,2", "1,2 ~ 1,2,2", "x=1 ~ y=1", "f(x)=2x ~ g(x)=2x", "x>5 ~ x<5", r"x\in\{1,2\} ~ \{1,3\}",
    "12:30 ~ 6:15",
    r"\emptyset ~ 0", r"0 ~ \emptyset", r"\begin{pmatrix}1&2\end{pmatrix} ~ \begin{pmatrix}1\\2\end{pmatrix}", r"1,2,\ldots,n ~ 1,3,\ldots,2n-1", "11_2 ~ 3",
    "52_8 ~ 52_9",
    r"(0,1)\cup(1,2) ~ (0,2)", r"\pm 3 ~ 3", "f(2)<f(1)<f(4) ~ f(2)<f(7)<f(4)", r"\text{even} ~ neve", "1:2 ~ 2:1", r"(1,2) ~ (1,2,3)", "7 ~ seven",
]  # fmt: skip


@pytest.mark.parametrize("pair", SAME)
def test_same(pair: str) -> None:
    gold, answer = pair.split(" ~ ")
    assert compare(parse(gold), parse(answer), Rules()).label == "right"


@pytest.mark.parametrize("pair", OTHER)
def test_other(pair: str) -> None:
    gold, answer = pair.split(" ~ ")
    for rules in (Rules(), strict()):
        assert compare(parse(gold), parse(answer), rules).label == "wrong"


def test_a_chain_may_repeat_a_gold_chain() -> None:
    assert compare(parse(r"0.56=56\%"), parse(r"56\%=0.56"), strict()).right
    assert not compare(parse("0.56"), parse(r"56\%=0.56"), strict()).right


def test_what_nobody_can_tell_is_undecided() -> None:
    for gold, answer in ((r"1,2,\ldots,n", r"1,2,3,\ldots,n"), ("the sum of the first ten primes", "129"), (r"\sin(9^{9^9})", "0.5")):
        assert compare(parse(gold), parse(answer), Rules()).label == "undecided"


def test_long_lists_are_quick() -> None:
    roots = ",".join(rf"\sin {n}" for n in range(MAX_LIST - 1))
    start = time.process_time()
    assert compare(parse(roots), parse(",".join(reversed(roots.split(",")))), Rules()).label == "right"
    assert compare(parse(",".join("12" for _ in range(300))), parse("1,2"), Rules()).label != "right"
    assert time.process_time() - start < 4.0

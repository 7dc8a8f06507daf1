from __future__ import annotations

import pytest

from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.rules import Rules, strict
from menolab.verifiers.math.settle import assigned, bare, interval_of, name_of, settle
from menolab.verifiers.math.symbolic import same
from menolab.verifiers.math.terms import number


def settled(text: str, rules: Rules = Rules()) -> str:
    term, refused = settle(parse(text), rules, lambda a, b: bool(same(a, b).equal))
    return refused.reason if refused else term.head


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("x=14/2=7", "relation"), (r"1\pm\sqrt2", "list"), (r"2\sqrt2\approx 2.83", "*"), (r"x\in[1,2]", "bracket"), ("A(2,3)", "bracket"), ("6/2=3", "number"),
        ("n=2,5,13", "list"), (r"x \approx 2.8", "relation"),
    ],
)  # fmt: skip
def test_settled(text: str, head: str) -> None:
    assert settled(text) == head


@pytest.mark.parametrize("text", ["5=6=7", r"2\sqrt2\approx 2.7", "x=42=43", r"7\approx 8"])
def test_refused(text: str) -> None:
    assert "chain" in settled(text) or "nearly" in settled(text)


def test_chains_are_refused_for_rewards() -> None:
    assert settled("6/2=3", strict()) == "a chain of equations where one value is wanted"
    assert settled("x=3", strict()) == "relation"


def test_names() -> None:
    assert assigned(parse("x=5")) == ("x", number(5)) and assigned(parse("5=x")) == ("x", number(5))
    assert assigned(parse("x=x+1")) is None and assigned(parse("x+y=3")) is None
    assert name_of(parse("f(x)")) == "f" and name_of(parse("(x,y)")) == "x,y" and name_of(parse("2x")) == "" and name_of(parse(r"\pi")) == ""
    assert bare(parse("5 cm")) == number(5)


@pytest.mark.parametrize(
    ("text", "interval"), [(r"0\le x<1", "[0,1)"), ("x>5", r"(5,\infty)"), ("5<x", r"(5,\infty)"), (r"1\ge x\ge 0", "[0,1]"), (r"-80\leq g(x)\leq 82",
    "[-80,82]")]
)
def test_intervals(text: str, interval: str) -> None:
    assert interval_of(parse(text)) == parse(interval)


def test_what_is_no_interval() -> None:
    for text in ("x=5", "x<y", "x^2<4", "5", "0<2x<4"):
        assert interval_of(parse(text)) is None

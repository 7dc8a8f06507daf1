from __future__ import annotations

import random
from fractions import Fraction

import pytest

from menolab.records import Problem
from menolab.verifiers.expression import MAX_DEPTH, ArithmeticTarget, Unreadable, parse

GAME = Problem("p", "countdown", "", "", facts={"numbers": [3, 3, 8, 8], "target": 24})


@pytest.mark.parametrize(
    ("answer", "label", "stage"),
    [
        ("8/(3-8/3)", "right", "compare"), ("8 ÷ (3 − 8 ÷ 3)", "right", "compare"), (r"8 \div (3 - 8 \div 3) = 24", "right", "compare"),
        ("8/(3-8/3) = 25", "wrong", "compare"), ("8/(3-8/3) = 24 = 24", "wrong", "parse"), ("24 = 8/(3-8/3)", "wrong", "parse"),
        ("8*3", "wrong", "numbers"), ("8*3+8-8", "wrong", "numbers"), ("8*3*(8/8)*3/3", "wrong", "numbers"), ("38-8-3-3", "wrong", "numbers"),
        ("8/(3-3)+8", "wrong", "compare"), ("8+8+3+3", "wrong", "compare"), ("8/(3-8/3", "wrong", "parse"), ("8 8 3 3", "wrong", "parse"),
        ("8//(3-8/3)", "wrong", "parse"), ("8**3-8/3", "wrong", "parse"), ("8.0/(3-8/3)", "wrong", "parse"), ("", "wrong", "extract"),
        ("８/(3-8/3)", "wrong", "parse"), ("[8]/[3-8/3].", "right", "compare"), ("-8/(8/3-3)", "right", "compare"),
    ],
)  # fmt: skip
def test_verdicts(answer: str, label: str, stage: str) -> None:
    verdict = ArithmeticTarget()(GAME, f"<answer>{answer}</answer>")
    assert (verdict.label, verdict.stage) == (label, stage), verdict


def test_bounds_have_reasons() -> None:
    for answer, reason in (("(" * 60 + "8" + ")" * 60, "nested deeper"), ("8+" * 600 + "8", "longer than"), ("1" * 30, "digits")):
        verdict = ArithmeticTarget()(GAME, f"<answer>{answer}</answer>")
        assert verdict.label == "wrong" and reason in verdict.reason
    assert parse("(" * (MAX_DEPTH - 1) + "8" + ")" * (MAX_DEPTH - 1)).value() == 8


def test_some_numbers_may_be_left_out_when_asked() -> None:
    loose = ArithmeticTarget(use_all=False)
    assert loose(GAME, "<answer>8*3</answer>").right
    assert not loose(GAME, "<answer>8+8+8</answer>").right


def test_operations_are_restricted() -> None:
    problem = Problem("p", "t", "", "", facts={"numbers": [3, 8], "target": 24, "operations": "+-"})
    assert ArithmeticTarget()(problem, "<answer>3*8</answer>").stage == "operations"


@pytest.mark.parametrize(
    "facts",
    [{"numbers": [2.5, 3], "target": 5}, {"numbers": [True, 4], "target": 5}, {"numbers": [2, 3], "target": "1e9999999"},
     {"numbers": [2, 3], "target": "9" * 30}, {"numbers": [2, 3], "target": 5.5}, {"numbers": [2, 3], "target": "5" + " " * 30 + "x"}],
)  # fmt: skip
def test_facts_that_are_no_whole_numbers_are_undecided(facts: dict) -> None:
    assert ArithmeticTarget()(Problem("p", "t", "", "", facts=facts), "<answer>2+3</answer>").label == "undecided"


def test_facts_may_be_text_as_in_a_table() -> None:
    assert ArithmeticTarget()(Problem("p", "t", "", "", facts={"numbers": ["2", 3.0], "target": "5"}), "<answer>2+3</answer>").right


def test_gold_expression_stands_in_for_facts() -> None:
    verifier = ArithmeticTarget()
    assert verifier(Problem("p", "t", "", "8*3"), "<answer>3*8</answer>").right
    assert verifier(Problem("p", "t", "", "24", facts={"numbers": [3, 8]}), "<answer>3*8</answer>").right
    assert verifier(Problem("p", "t", "", "1/0"), "<answer>3*8</answer>").label == "undecided"


def test_agrees_with_python_on_random_expressions() -> None:
    """The oracle: the same tree computed with Fractions while it is written."""
    draw = random.Random(1)

    def make(depth: int) -> tuple[str, Fraction]:
        if depth == 0 or draw.random() < 0.2:
            n = draw.randint(0, 99)
            return str(n), Fraction(n)
        (a, x), (b, y), o = make(depth - 1), make(depth - 1), draw.choice("+-*/")
        if o == "/" and y == 0:
            return a, x
        return f"({a}{o} {b})", {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else x}[o]

    for _ in range(500):
        text, value = make(4)
        assert parse(text).value() == value


@pytest.mark.parametrize(("text", "value"), [("2-3-4", -5), ("12/3/2", 2), ("2+3*4", 14), ("-2*-3", 6), ("2--3", 5), ("2*(3+4)", 14), ("--2", 2)])
def test_precedence_and_association(text: str, value: int) -> None:
    assert parse(text).value() == value


@pytest.mark.parametrize("text", ["", "()", "1+", "+1", "2(3)", "1=", "a", "1;2", "1=2+3"])
def test_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.verifiers.numeric import Numeric, read_quantity

# (gold, answer, right?) of the measured table of equivalence traps, the rows that are about single numbers
PAIRS = [
    (r"\frac{1}{2}", "0.5", True), (r"\frac{1}{2}", "1/2", True), (r"\frac{1}{2}", r"\dfrac12", True), (r"\frac{2}{3}", r"\frac{4}{6}", True),
    (r"\frac{1}{3}", "0.3333", False), (r"1\frac{4}{5}", r"\frac{9}{5}", True), (r"2\frac{1}{2}", "1", False), ("1 4/5", "9/5", True),
    ("12345", "12,345", True), ("12345", "12{,}345", True), ("12345", r"12,\!345", True), ("12345", r"12\,345", True), ("1,234", "(1,234)", False),
    (r"1.2\times10^{5}", "120000", True), (r"6.02\times10^{23}", "6.02e23", True), (r"28\%", r"28 \text{ percent}", True), ("50", "0.5", False),
    ("50", "5000", False), (r"15\text{ cm}^2", r"15\text{ m}^2", False), (r"15\text{ cm}^2", "15", True), (r"\$32,\!348", "32348", True),
    (r"90^\circ", "90 degrees", True), (r"90^\circ", "90°", True), ("5", "x=5", True), ("x=5", "x=6", False), ("7", "a+b=7", False),
    ("13", r"\text{13}", True), ("73", "**73**", True), ("7", "7.", True), ("-3", "−3", True), ("7", "7 or 8", False), ("7", "5=6=7", False),
    ("42", "42 apples", True), ("3", "3 million", False), ("3", "3 pi", False), ("3", "3x", False), ("1234", "12,34", False), ("0.1", "1/10", True),
    ("10", "010", True), ("5", "+5", True), ("1", "0.99999999999999999999", False), ("26000", "26002", False), ("-1/2", r"-\frac{1}{2}", True),
    ("7", "7 squared", False), ("7", "7 is wrong", False), ("12", "1%2", False), ("12", "1$2", False), ("35", "3°5", False), ("35", r"3^\circ5", False),
    ("7", "7 square feet", True), ("1/2", r"\frac{ 1 }{ 2 }", True), ("7", "seven", False), ("2", "٢", False),
]  # fmt: skip


@pytest.mark.parametrize(("gold", "answer", "right"), PAIRS)
def test_pairs(gold: str, answer: str, right: bool) -> None:
    verdict = Numeric()(Problem("p", "t", "", gold), f"<answer>{answer}</answer>")
    assert verdict.label == ("right" if right else "wrong")


def test_tolerance_is_absolute_and_inclusive() -> None:
    problem = Problem("p", "t", "", "0.25")
    assert Numeric(tolerance=0.25)(problem, "<answer>0.5</answer>").right
    assert not Numeric(tolerance=0.125)(problem, "<answer>0.5</answer>").right
    with pytest.raises(BadInput, match="tolerance"):
        Numeric(tolerance=float("nan"))


def test_numbers_are_bounded() -> None:
    assert read_quantity("1e900") is not None
    assert read_quantity("1e-900") is not None
    assert read_quantity("1e1000") is None
    assert read_quantity("1" * 1001) is None


@pytest.mark.parametrize("text", ["", "-", ".", "1/0", "1/", "1e", "e5", "-+", "1..2", "1,2", "∞", r"\frac{1}{2", r"\frac{}{}", "1 2"])
def test_what_is_no_number(text: str) -> None:
    assert read_quantity(text) is None

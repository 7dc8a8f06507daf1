"""Other ways of writing: each is turned into the plain one, and what only looks like one is left alone."""

from __future__ import annotations

import time

import pytest

from menolab.verifiers.math.notations import constant_reading, plainly

WAYS = [
    ("x**2", "x**2"), ("**73**", " 73 "), ("is **x** now", "is  x  now"), ("１２，５％", "12,5%"), ("1、2", "1,2"), ("5或6", "5 or 6"),
    ("3.5 million", r"3.5 \times 10^{6}"), ("5万", r"5 \times 10^{4}"), (r"2 \text{ million dollars}", r"2 \times 10^{6}\text{ dollars}"),
    ("12 345 678", "12345678"), ("4 2", "4 2"), ("12 345 67", "12 345 67"), ("0.333...", r"0.\overline{3}"), ("0.1666…", r"0.1\overline{6}"),
    ("0.142142...", r"0.\overline{142}"), ("3.14159...", "3.14159..."), ("log2(3)", r"\log_{2}(3)"), ("1011 base 2", "1011_{2}"),
    (r"1011_{\text{two}}", "1011_{2}"), ("]2,3[", " (2,3) "), ("[2,3]", "[2,3]"), ("(1,2] U [3,4)", r"(1,2]\cup [3,4)"), ("+/-5", r"\pm 5"),
    (r"\pmatrix{1 & 2 \cr 3 & 4}", r"\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}"), (r"\pmod 4", r"\pmod{4}"), (r"\therefore 42", "42"),
    (r"\textcolor{red}{3}", "{3}"), (r"\Large 3", "3"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "plain"), WAYS)
def test_plainly(text: str, plain: str) -> None:
    assert plainly(text) == plain


def test_readings_of_constants() -> None:
    assert constant_reading("0.15 m") == r"0.15\text{ m}" and constant_reading("15 m/s^2.") == r"15\text{ m/s^2}"
    assert constant_reading(r"15\frac{m}{s}") == r"15\text{ m/s}"
    assert constant_reading("C(5,2)") == r"\binom{5}{2}" and constant_reading("C_5^2") == r"\binom{5}{2}"
    assert constant_reading("C_2^5") is None and constant_reading("15 x") is None and constant_reading("m") is None


HOSTILE = ["**" * 9000, "[" * 9000, "]1," * 5000, "1 000 " * 5000, "0." + "12" * 9000, r"\pmatrix{" * 3000, "1 base " * 3000, "C(" * 9000, "{" * 18000]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_linear_in_the_length(hostile: str) -> None:
    start = time.process_time()
    plainly(hostile)
    constant_reading(hostile[:2000])
    assert time.process_time() - start < 1.0

"""Whatever is written: a verdict, no exception, no hang, nothing carried out."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.records import Problem
from menolab.verifiers.math.rules import strict
from menolab.verifiers.math.verifier import Math

PIECES = [
    *"0123456789+-*/^_=<>()[]{}|,;:!%&.'\"$ abcxyznfeiπ√°∞≤±∪…½²", r"\frac", r"\sqrt", r"\sqrt[3]", r"\text{", r"\left(", r"\right)", r"\{", r"\}", r"\pm",
    r"\cup", r"\infty",
    r"\pi", r"\ln", r"\log_", r"\sin", r"\cos^2", r"\binom", r"\begin{pmatrix}", r"\end{pmatrix}", r"\\", r"\%", r"\$", r"^\circ", r"\approx", r"\in", r"\le",
    r"\ldots",
    r"\boxed{", r"\lfloor", r"\rfloor", r"\cdot", "cm", "hours", " and ", " or ", r"\overline", r"0.\overline{3}", "1,234", "e5", "^{", "_{",
    r"\sum_{k=1}^{n}", r"\mathbb{R}",
    "percent", "the answer is", "no solution", r"\emptyset", "x=", "^{1/2}", "9^9^9", "10^{99}", "</think>", "<answer>", "</answer>", "import os",
]  # fmt: skip
ANSWERS = [
    "42", r"\frac{1}{2}", r"2\sqrt{3}-1", r"\left( 3, \frac{\pi}{2} \right)", r"(-\infty,2)\cup(3,\infty)", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    "x^2+2x+1", "y = 3x - 1",
    r"1,\,-2", r"90^\circ", r"\text{Evelyn}", r"15\text{ cm}^2", r"\{1\pm\sqrt{5},-2\}", r"\frac{n(n+1)}{2}", r"-80\leq g(x)\leq 82",
    r"e^{-\zeta \omega_{n} t} \cos(2t)", "52_8", "3:5",
]  # fmt: skip

noise = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)
anything = st.one_of(st.text(max_size=60), noise)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A real answer with pieces put in, taken out or exchanged."""
    text = list(draw(st.sampled_from(ANSWERS)))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(text)))
        text[at : at + draw(st.integers(0, 1))] = [draw(st.sampled_from(["", *PIECES]))]
    return "".join(text)


def check(gold: str, answer: str) -> None:
    for verifier in (Math(), Math(strict())):
        start = time.process_time()
        found = verifier.judge(gold, answer)
        assert found.label in ("right", "wrong", "undecided") and found.reason
        verdict = verifier(Problem("p", "", "", gold), answer)
        assert verdict.score == (1.0 if verdict.label == "right" else 0.0)
        assert time.process_time() - start < 2.0
        assert verifier.judge(gold, answer) == found, "the same each time"


quiet = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True, "database": None}


@given(gold=st.one_of(st.sampled_from(ANSWERS), anything, mutated()), answer=st.one_of(anything, mutated()))
@settings(max_examples=300, **quiet)
def test_any_text(gold: str, answer: str) -> None:
    check(gold, answer)


@given(text=st.one_of(anything, mutated()))
@settings(max_examples=200, **quiet)
def test_whatever_is_right_is_right_both_ways_up_to_spacing(text: str) -> None:
    if text.strip():
        assert Math().judge(text, text).right


@pytest.mark.slow
@given(gold=st.one_of(st.sampled_from(ANSWERS), anything, mutated()), answer=st.one_of(anything, mutated()))
@settings(max_examples=100_000, **quiet)
def test_any_text_at_length(gold: str, answer: str) -> None:
    check(gold, answer)

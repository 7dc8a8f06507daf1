"""Equations found in a text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.verifiers.equations import equations, holds


def test_equations_are_found_in_order_and_judged_alone() -> None:
    found = equations("<think>3+4=7 (7*2)=14\n5-9=-4, 12 / 8 = 1; 1.5+2=4 x=3</think>")
    assert found == ["3+4=7", "(7*2)=14", "5-9=-4", "12 / 8 = 1"]
    assert [holds(e) for e in found] == [True, True, True, False]
    assert not holds("7/0=1") and not holds("3+=4") and not holds("3+4")


SLOW = re.compile(r"(?<![\d.+\-*/(])\(*\d+\)*(?:\s*[-+*/]\s*\(*\d+\)*)+\s*=\s*-?\d+(?!\.?\d)")
"""The same, looked for from every place."""


@given(st.lists(st.sampled_from(["1", "23", "+", "-", "*", "/", "(", ")", "=", " ", ".", "\n", "x", "-4"]), max_size=30).map("".join))
@settings(max_examples=500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_the_same_equations_as_looked_for_from_every_place(text: str) -> None:
    assert equations(text) == SLOW.findall(text)


@pytest.mark.parametrize("piece", ["1 + ", "1+", "(", " (", "1)", "1 ", "1", "11 - ", "1 = "])
def test_linear_in_the_length(piece: str) -> None:
    start = time.process_time()
    equations(piece * (200_000 // len(piece)))
    assert time.process_time() - start < 1.5

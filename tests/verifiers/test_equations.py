"""Equations found in a text."""

from __future__ import annotations

from menolab.verifiers.equations import equations, holds


def test_equations_are_found_in_order_and_judged_alone() -> None:
    found = equations("<think>3+4=7 (7*2)=14\n5-9=-4, 12 / 8 = 1; 1.5+2=4 x=3</think>")
    assert found == ["3+4=7", "(7*2)=14", "5-9=-4", "12 / 8 = 1"]
    assert [holds(e) for e in found] == [True, True, True, False]
    assert not holds("7/0=1") and not holds("3+=4") and not holds("3+4")

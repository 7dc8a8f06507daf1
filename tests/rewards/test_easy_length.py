"""AdaCtrl's length term: only what is right and called easy."""

from __future__ import annotations

import math

import pytest

from judged import judged
from menolab.rewards.easy_length import EasyLength


def test_formula_and_who_gets_none() -> None:
    rows = [("[Easy]", "right", 10), ("[Easy]", "right", 40), ("[Hard]", "right", 10), ("", "right", 10), ("[Easy]", "wrong", 10), ("[Hard]", "wrong", 80)]
    expected = [1 + -1.0 * (1 - math.cos(n * math.pi / 80)) / 2 if (text, label) == ("[Easy]", "right") else 0.0 for text, label, n in rows]
    assert EasyLength()(judged(*rows, ("[Easy]", "undecided", 10)), 0.0) == pytest.approx([*expected, None])


def test_the_term_is_zero_on_hard_whatever_the_length() -> None:
    assert EasyLength()(judged(*(("[Hard]", "right", n) for n in (1, 20, 60))), 0.0) == [0.0] * 3


def test_the_shorter_the_better() -> None:
    worth = [v or 0.0 for v in EasyLength()(judged(*(("[Easy]", "right", n) for n in range(0, 101, 10))), 0.0)]
    assert worth == sorted(worth, reverse=True) and worth[0] == 1.0 and worth[-1] == pytest.approx(0.0)

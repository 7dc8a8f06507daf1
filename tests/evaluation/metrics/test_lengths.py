"""Lengths of thinking and answer, of right and wrong responses."""

from __future__ import annotations

import pytest

from evaluation.metrics.tables import row
from menolab.evaluation.metrics.lengths import Lengths
from menolab.evaluation.metrics.metric import Table
from menolab.keys import Key


def test_by_hand():
    rows = [
        row("a", 0, tokens=10, thinking=6, label="right"), row("a", 1, tokens=30, thinking=None), row("b", 0, tokens=20, thinking=10),
        row("b", 1, tokens=40, thinking=30),
    ]  # fmt: skip
    found = {name: e.mean for name, e in Lengths()(Table(rows, 2, Key.root(0))).items() if e is not None}
    want = {"length": 25, "length_thinking": (6 + 20) / 2, "length_answer": (4 + 10) / 2, "length_right": 10, "length_wrong": (30 + 30) / 2}
    assert found == pytest.approx(want)


def test_what_never_happens_is_not_known():
    found = Lengths()(Table([row("a", 0, thinking=None), row("b", 0, thinking=None)], 1, Key.root(0)))
    assert found["length_thinking"] is None and found["length_right"] is None and found["length_wrong"] is not None

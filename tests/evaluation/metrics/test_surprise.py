"""Entropy as mean surprise, over the problems where it is known."""

from __future__ import annotations

import pytest

from evaluation.metrics.tables import row
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.metrics.surprise import Surprise
from menolab.keys import Key


def test_unknown_samples_are_left_out():
    rows = [row("a", 0, surprise=1.0), row("a", 1, surprise=None), row("b", 0, surprise=2.0), row("b", 1, surprise=4.0)]
    found = Surprise()(Table(rows, 2, Key.root(0)))["entropy"]
    assert found is not None and found.mean == pytest.approx((1 + 3) / 2)
    assert Surprise()(Table([row(surprise=None)], 1, Key.root(0))) == {"entropy": None}

"""What a score hides, counted."""

from __future__ import annotations

from evaluation.metrics.tables import row
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.metrics.shares import Shares
from menolab.keys import Key


def test_each_share_counts_its_own():
    rows = [
        row("a", 0, finish="length", extracted=None), row("a", 1, label="undecided", stage="verifier"), row("b", 0, label="undecided"),
        row("b", 1, finish="error", extracted=None),
    ]  # fmt: skip
    found = {name: e.mean for name, e in Shares()(Table(rows, 2, Key.root(0))).items() if e is not None}
    assert found == {"truncated": 0.25, "unparsed": 0.5, "undecided": 0.5, "errored": 0.5}


def test_truncation_that_is_not_told():
    rows = [row("a", 0, finish="unknown"), row("b", 0, finish="unknown")]
    assert Shares()(Table(rows, 1, Key.root(0)))["truncated"] is None

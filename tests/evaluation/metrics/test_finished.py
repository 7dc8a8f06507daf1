"""pass@1 over finished responses is a ratio of sums."""

from __future__ import annotations

from evaluation.metrics.tables import row
from menolab.evaluation.metrics.finished import Finished
from menolab.evaluation.metrics.metric import Table
from menolab.keys import Key


def test_problems_weigh_by_how_often_they_finish():
    rows = [row("a", i, label="right" if r else "wrong", finish="stop" if f else "length") for i, (r, f) in enumerate([(1, 1), (0, 1), (1, 0)])]
    rows += [row("b", i, label="right" if i == 2 else "wrong", finish="length") for i in range(3)]
    found = Finished()(Table(rows, 3, Key.root(0)))["pass@1_finished"]
    assert found is not None and found.mean == 0.5 and found.n == 1
    assert Finished()(Table(rows[3:], 3, Key.root(0))) == {"pass@1_finished": None}

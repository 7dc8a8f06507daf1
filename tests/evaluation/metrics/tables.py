"""Rows and tables made by hand, for tests of metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.record import Row
from menolab.keys import Key


def row(problem: str = "p", sample: int = 0, **changes: Any) -> Row:
    """A finished wrong sample of ten tokens unless told otherwise."""
    fields: dict[str, Any] = {
        "prompt": "?", "gold": "1", "difficulty": 1.0, "facts": "{}", "text": f"{problem}{sample}", "finish": "stop", "tokens": 10,
        "thinking": 6, "first": None, "surprise": 0.5, "label": "wrong", "score": 0.0, "stage": "compare", "reason": "", "extracted": "0", "vote": "0",
    }  # fmt: skip
    return Row(problem=problem, sample=sample, **(fields | changes))


def table(right: Sequence[Sequence[int]], **changes: Any) -> Table:
    """One row of zeros and ones a problem."""
    rows = [
        row(f"p{p}", s, label="right" if value else "wrong", vote="RIGHT:1" if value else f"{p}-{s}", **changes)
        for p, values in enumerate(right)
        for s, value in enumerate(values)
    ]
    return Table(rows, len(right[0]), Key.root(0))

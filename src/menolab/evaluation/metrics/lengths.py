"""How long responses are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table, over_problems
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class Lengths(Metric):
    """Mean response tokens, those of the thinking and of the answer, and those of right and of wrong responses.

    Thinking and answer are of responses that have both. The means of right and wrong responses are over problems that have any.
    """

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        tokens_PS, right_PS = table.column(lambda row: row.tokens), table.right_PS
        thinking_PS = table.column(lambda row: row.thinking)
        columns = {
            "length": tokens_PS,
            "length_thinking": thinking_PS,
            "length_answer": tokens_PS - thinking_PS,
            "length_right": np.where(right_PS == 1, tokens_PS, np.nan),
            "length_wrong": np.where(right_PS == 0, tokens_PS, np.nan),
        }
        return {name: over_problems(values_PS, statistics.mean) for name, values_PS in columns.items()}


def quantiles(tokens_PS: np.ndarray) -> dict[str, float]:
    """Response lengths in tokens over all samples: p10, median, p90, max."""
    p10, median, p90, top = np.quantile(tokens_PS, [0.1, 0.5, 0.9, 1.0])
    return {"p10": float(p10), "median": float(median), "p90": float(p90), "max": float(top)}

"""How sure the model was of what it wrote."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table, over_problems
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class Surprise(Metric):
    """entropy: mean negative log-probability a token of what was drawn, nats, an unbiased estimate of the entropy of the distribution drawn from."""

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        return {"entropy": over_problems(table.column(lambda row: row.surprise), statistics.mean)}

"""pass@1 among the responses that came to an end."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class Finished(Metric):
    """pass@1 over finished responses: right ones among them over all of them, so problems weigh by how often they finish.

    Read beside pass@1 over all: a large gap says that the token limit, not the reasoning, decides the score.
    """

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        finished_PS = table.column(lambda row: row.finish == "stop")
        return {"pass@1_finished": statistics.ratio((table.right_PS * finished_PS).sum(axis=1), finished_PS.sum(axis=1), table.key.fold("finished"))}

"""The shares of responses that a score hides."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class Shares(Metric):
    """truncated (ran into the token limit), unparsed (no answer found), undecided (could not be judged), errored (engine or verifier at fault).

    The first three may overlap. Truncated and unparsed responses count as wrong; undecided ones too, but are not known to be.
    """

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        tests = {
            "truncated": lambda row: row.finish == "length",
            "unparsed": lambda row: row.extracted is None,
            "undecided": lambda row: row.label == "undecided",
            "errored": lambda row: row.finish == "error" or (row.stage == "verifier" and row.label == "undecided"),
        }
        return {name: statistics.share(table.column(holds).mean(axis=1)) for name, holds in tests.items()}

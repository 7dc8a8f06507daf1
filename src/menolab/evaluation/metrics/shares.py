"""The shares of responses that a score hides."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table, over_problems
from menolab.evaluation.record import UNKNOWN
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class Shares(Metric):
    """truncated (ran into the token limit), unparsed (no answer found), undecided (could not be judged), errored (engine or verifier at fault).

    The first three may overlap. Truncated and unparsed responses count as wrong; undecided ones too, but are not known to be. Where a log of another program
    does not say how responses ended, truncated is None.
    """

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        tests = {
            "truncated": lambda row: None if row.finish == UNKNOWN else row.finish == "length",
            "unparsed": lambda row: row.extracted is None,
            "undecided": lambda row: row.label == "undecided",
            "errored": lambda row: row.finish == "error" or (row.stage == "verifier" and row.label == "undecided"),
        }
        return {name: over_problems(table.column(holds), statistics.share) for name, holds in tests.items()}

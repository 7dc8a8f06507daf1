"""What reflection changes: from the first answer in a response to its final one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate
from menolab.keys import Key


@dataclass(frozen=True)
class SelfCorrection(Metric):
    """icr = P(final right | first wrong), cir = P(final wrong | first right), and the accuracy of first answers, over samples that hold a first answer.

    The identity final - first = (1 - first) icr - first cir holds exactly over those samples. A rate without any sample to take it over is None.
    """

    catalogue = ("icr", "cir")
    needs = frozenset({"first_answers"})

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        first_PS = table.column(lambda row: None if row.first is None else row.first == "right")
        return transitions(first_PS, table.right_PS, table.key)


def transitions(first_PS: np.ndarray, final_PS: np.ndarray, key: Key) -> dict[str, Estimate | None]:
    """icr, cir, first_right and final_right from two tables of zeros and ones; NaN in the first is a sample that does not count."""
    known_PS = ~np.isnan(first_PS)
    was_PS, now_PS = known_PS & (first_PS == 1), known_PS & (final_PS == 1)

    def rate(part_PS: np.ndarray, whole_PS: np.ndarray, name: str) -> Estimate | None:
        return statistics.ratio(part_PS.sum(1).astype(float), whole_PS.sum(1).astype(float), key.fold(name))

    wrong_PS = known_PS & ~was_PS
    return {
        "icr": rate(wrong_PS & now_PS, wrong_PS, "icr"),
        "cir": rate(was_PS & ~now_PS, was_PS, "cir"),
        "first_right": rate(was_PS, known_PS, "first"),
        "final_right": rate(now_PS, known_PS, "final"),
    }

"""What a metric is: what the samples of one model on one task say, with an interval over problems."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation.record import Record, Row
from menolab.evaluation.statistics import Estimate
from menolab.keys import Key
from menolab.pieces import Piece


@dataclass(frozen=True)
class Table:
    """The samples of one model on one task, in order of problem and sample. Shape suffixes: P problems, S samples of each, K the sizes 1..S."""

    rows: Sequence[Row]
    samples: int
    """S, samples of every problem."""
    key: Key
    """What bootstrap intervals draw from."""
    record: Record | None = None
    """Where the samples are from, for what is known of all of them together (seconds, the model's size)."""

    def __post_init__(self) -> None:
        if self.samples < 1 or not self.rows or len(self.rows) % self.samples:
            raise BadInput("samples", [len(self.rows), self.samples], "metrics need one problem or more, each with the same number of samples")

    @property
    def problems(self) -> int:
        """P."""
        return len(self.rows) // self.samples

    def column(self, value: Callable[[Row], Any]) -> np.ndarray:
        """One number of every sample as a float64 table `[P, S]`; None becomes NaN."""
        return np.array([value(row) for row in self.rows], dtype=np.float64).reshape(-1, self.samples)

    @cached_property
    def right_PS(self) -> np.ndarray:
        """1 where the verdict is right."""
        return self.column(lambda row: row.label == "right")

    @cached_property
    def votes(self) -> list[list[str | None]]:
        """The canonical answer of every sample, by problem."""
        return [[row.vote for row in self.rows[i : i + self.samples]] for i in range(0, len(self.rows), self.samples)]


class Metric(Piece):
    """One or several named numbers that a table of samples says, each with its interval; None where nothing is known."""

    @abc.abstractmethod
    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        """The numbers by name."""


def over_problems(values_PS: np.ndarray, estimate: Callable[[np.ndarray], Estimate]) -> Estimate | None:
    """`estimate` of the problems' means over the samples where a value is known (not NaN); None if it is known nowhere."""
    known_PS = ~np.isnan(values_PS)
    some_P = known_PS.any(axis=1)
    if not some_P.any():
        return None
    return estimate(np.where(known_PS, values_PS, 0.0).sum(axis=1)[some_P] / known_PS.sum(axis=1)[some_P])

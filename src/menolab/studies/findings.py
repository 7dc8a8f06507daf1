"""What a study found: named numbers with intervals, tables, charts, a verdict in words, and what it does not show."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from menolab.evaluation.statistics import Difference, Estimate
from menolab.files import finite

Unit = Literal["share", "points", "number", "count"]
"""How a number reads: a share and a difference of shares as per cent, a plain number, a whole number."""


@dataclass(frozen=True)
class Number:
    """One number with its 95% interval, as a reader meets it."""

    mean: float | None
    """None: not known."""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    """Problems (or seeds, where the study says so) that it rests on."""
    p: float | None = None
    """Two-sided, of "it is zero"; None where nothing is tested."""
    unit: Unit = "number"
    says: str = ""
    """What it is, in a clause."""

    def __str__(self) -> str:
        if self.mean is None:
            return "not known"
        low, high = self.low, self.high
        suffix = {"share": " %", "points": " points"}.get(self.unit, "")
        said = _written(self.mean, self.unit) + suffix
        if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
            return said
        return f"{said} ({_written(low, self.unit)} to {_written(high, self.unit)})"


def _written(value: float, unit: Unit) -> str:
    """The digits of a value: percents of shares and points, whole counts."""
    if unit in ("share", "points"):
        return f"{100 * value:+.1f}" if unit == "points" else f"{100 * value:.1f}"
    return f"{value:.0f}" if unit == "count" else f"{value:.4g}"


def number(value: Estimate | Difference | float | None, unit: Unit = "number", says: str = "") -> Number:
    """An estimate, a difference (points, where it is one of shares) or a bare value as a `Number`; NaN is not known."""
    if value is None or isinstance(value, (int, float)):
        return Number(None if value is None or math.isnan(value) else float(value), unit=unit, says=says)
    p = value.p if isinstance(value, Difference) else None
    return Number(value.mean, value.low, value.high, value.n, p, unit, says)


Cell = str | int | float | Number | None
"""What a table holds."""


@dataclass(frozen=True)
class Sheet:
    """A table."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), f"a row of {self.title!r} is not as long as its header"


@dataclass(frozen=True)
class Series:
    """One line of a chart; None in `y` is a gap."""

    label: str
    x: Sequence[float]
    y: Sequence[float | None]
    low: Sequence[float] = ()
    """Lower edge of its band, as long as x, or empty."""
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Plot:
    """A line chart."""

    title: str
    series: Sequence[Series]
    x_label: str = ""
    unit: Unit = "number"
    """Of the y axis."""
    x_log: bool = False
    """Powers of two on the x axis (k of pass@k)."""
    x_names: Sequence[str] = ()
    """Names at x = 0, 1, ... where the x axis holds things rather than numbers."""


@dataclass(frozen=True)
class Findings:
    """What one study found."""

    title: str
    verdict: str
    """In words a person can act on, the main figures with their intervals in it."""
    numbers: Mapping[str, Number]
    tables: Sequence[Sheet] = ()
    charts: Sequence[Plot] = ()
    shows_not: Sequence[str] = ()
    """What a reader might conclude and must not."""
    warnings: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The study with its settings, what it looked at, versions, hardware; set by `studies.study.carry_out`."""

    def to_data(self) -> dict[str, Any]:
        """JSON data; what is not finite is null."""
        return finite(dataclasses.asdict(self))

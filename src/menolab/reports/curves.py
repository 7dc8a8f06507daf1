"""Training curves of a run, small enough to lay beside those of many others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from menolab.reports.run import lines

SHOWN = {"pass_rate": "pass rate in training", "reward": "reward", "length": "response length, tokens", "entropy": "entropy, nats a token"}
"""Metrics of which an overview draws curves, and how it calls them."""
SHARES = ("pass_rate",)
"""Those that are shares."""
POINTS = 200
"""Points of a curve, at most about so many."""


@dataclass(frozen=True)
class Curves:
    """Metrics of the steps that drew rollouts, thinned to about `POINTS`; each value is a mean of the last twentieth of the steps."""

    steps: Sequence[int] = ()
    tokens: Sequence[int] = ()
    """Tokens drawn up to each of them; empty where the steps do not say how many they drew."""
    series: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    """By metric, of those in `SHOWN` that the run has."""
    count: int = 0
    """Steps in all."""
    drawn: int = 0
    """Tokens in all."""
    seconds: float = 0.0
    """Of all stages, evaluations left out."""


def curves(folder: Path) -> tuple[Curves, list[str]]:
    """The curves of a run folder, and what could not be read; empty where nothing was drawn in training."""
    wrong: list[str] = []
    rows = [row for row in _lines(folder / "metrics.jsonl", wrong) if any(name in row for name in SHOWN)]
    seconds = sum(value for row in _lines(folder / "timings.jsonl", wrong) for name, value in row.items() if name in PARTS and _known(value) is not None)
    if not rows:
        return Curves(seconds=seconds), wrong
    window = max(1, len(rows) // 20)
    keep = sorted({*range(0, len(rows), max(1, math.ceil(len(rows) / POINTS))), len(rows) - 1})
    drawn = list(accumulate(int(_known(row.get("tokens")) or 0) for row in rows))
    series = {name: [_known(row.get(name)) for row in rows] for name in SHOWN}
    means = {name: [_mean(values[max(0, i + 1 - window) : i + 1]) for i in keep] for name, values in series.items()}
    told = {name: values for name, values in means.items() if any(value is not None for value in values)}
    return Curves([int(rows[i]["step"]) for i in keep], [drawn[i] for i in keep] if drawn[-1] else [], told, len(rows), drawn[-1], seconds), wrong


PARTS = ("sample", "verify", "update", "other")
"""Seconds that a line of timings.jsonl tells."""


def _lines(path: Path, wrong: list[str]) -> list[dict[str, Any]]:
    """The rows of a JSONL file; a run that has not come so far lacks it, and that is nothing wrong."""
    return lines(path, wrong) if path.is_file() else []


def _known(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(f"{sum(known) / len(known):.5g}") if known else None

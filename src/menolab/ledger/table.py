"""The ledger as a table: the difference of every method with its interval over seeds, and what it says of the claim."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from menolab.errors import BadInput
from menolab.evaluation.statistics import Difference, holm, over_seeds
from menolab.ledger.entry import FOLDER, START, Entry, entries

SEEN, NOT_SEEN, OPPOSITE, NO_CLAIM = "effect seen", "effect not seen", "opposite", "no claim against it"
DIRECTIONS = {"up": 1, "down": -1}


@dataclass(frozen=True)
class Line:
    """One method of the table."""

    entry: Entry
    differences: Mapping[str, Difference]
    """after - yardstick by metric, over seeds: pass@1, pass@K, length, entropy."""
    verdict: str
    p_holm: float
    """Of the difference in pass@1, adjusted for all methods of the ground."""

    @property
    def tokens(self) -> float:
        """Mean tokens drawn, as a share of the yardstick's."""
        return fmean(t.tokens / t.yardstick_tokens for t in self.entry.trials)

    @property
    def seconds(self) -> float:
        """Mean seconds spent, as a share of the yardstick's."""
        return fmean(t.seconds / t.yardstick_seconds for t in self.entry.trials)

    def mean(self, metric: str, of: str = "after") -> float:
        """Mean over seeds of a metric of `start`, `yardstick` or `after`."""
        return fmean(value for t in self.entry.trials if (value := getattr(t, of)[metric]) is not None)

    def to_data(self) -> dict[str, Any]:
        """The row for programs."""
        marks, top = self.entry.marks, self.differences["pass@1"]
        return {
            "method": self.entry.method,
            "paper": marks["paper"],
            "claim": marks["claim"],
            "effect": marks["effect"],
            "setup": self.entry.ground,
            "against": self.entry.against,
            "seeds": [t.seed for t in self.entry.trials],
            "difference": {"mean": top.mean, "low": top.low, "high": top.high, "p": top.p, "p_holm": self.p_holm},
            "differences": {metric: asdict(d) for metric, d in self.differences.items()},
            "after": {metric: self.mean(metric) for metric in self.entry.trials[0].after},
            "verdict": self.verdict,
            "tokens": fmean(t.tokens for t in self.entry.trials),
            "seconds": fmean(t.seconds for t in self.entry.trials),
            "date": self.entry.date,
            "remark": self.entry.remark,
        }


def lines(stored: Sequence[Entry]) -> list[Line]:
    """The table of one ground, best difference first. The yardstick's own entry, which is against the cold start, leads it.

    Seeds are what varies: intervals rest on one run-to-run deviation pooled over all methods of the ground that are compared with the same thing.
    """
    found: list[Line] = []
    for against in dict.fromkeys(entry.against for entry in stored):
        own = [entry for entry in stored if entry.against == against]
        metrics = [name for name in own[0].trials[0].after if name.startswith("pass@")] + ["length", "entropy"]
        values = {metric: over_seeds([_known(entry, metric) for entry in own]) for metric in metrics}
        adjusted = holm([1.0 if math.isnan(d.p) else d.p for d in values["pass@1"]])
        for i, entry in enumerate(own):
            differences = {metric: values[metric][i] for metric in metrics}
            found.append(Line(entry, differences, verdict(entry.marks["effect"], differences), adjusted[i]))
    return sorted(found, key=lambda line: (line.entry.against != START, -line.differences["pass@1"].mean))


def tables(folder: Path = FOLDER) -> dict[str, list[Line]]:
    """The table of every ground that has entries."""
    found: dict[str, list[Entry]] = {}
    for entry in entries(folder):
        found.setdefault(entry.ground, []).append(entry)
    return {ground: lines(own) for ground, own in found.items()}


def _known(entry: Entry, metric: str) -> list[float]:
    return [d for t in entry.trials if (d := t.difference(metric)) is not None]


def claimed(effect: str) -> tuple[str, int]:
    """Metric and sign of a claim such as "pass@1 up". "pass@k" stands for the largest k measured.

    Raises:
        BadInput: not of that form.
    """
    metric, _, direction = effect.rpartition(" ")
    if metric not in ("pass@1", "pass@k", "length", "entropy") or direction not in DIRECTIONS:
        raise BadInput("effect", effect, "say pass@1, pass@k, length or entropy, and up or down")
    return metric, DIRECTIONS[direction]


def verdict(effect: str, differences: Mapping[str, Difference]) -> str:
    """What the interval of the claimed metric says: it lies on the claimed side of zero, on the other side, or holds zero."""
    if not effect:
        return NO_CLAIM
    metric, sign = claimed(effect)
    d = differences[[name for name in differences if name.startswith("pass@")][-1] if metric == "pass@k" else metric]
    if d.low * sign > 0 and d.high * sign > 0:
        return SEEN
    return OPPOSITE if d.low * sign < 0 and d.high * sign < 0 else NOT_SEEN

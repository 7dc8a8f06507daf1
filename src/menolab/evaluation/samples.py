"""The samples of one model on one task, column by column, and how those of several models are brought into one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation.record import Record, Result, load_columns

COLUMNS = ("problem", "sample", "prompt", "gold", "finish", "tokens", "label", "score", "stage", "extracted", "vote")
"""What comparisons look at, by field of `Row`."""
LABELS = {"right", "wrong", "undecided"}
Keep = Literal["first", "last"]
"""Which of two samples with one number is kept."""
SHOWN = 3
"""So many problems are named in an error."""


@dataclass(frozen=True, eq=False)
class Samples:
    """A record with its samples: column `name` holds one value a sample, a number (NaN: unknown) or an object."""

    record: Record
    columns: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, result: Result) -> Samples:
        """The columns of a result in memory."""
        found = {name: [getattr(row, name) for row in result.rows] for name in COLUMNS}
        return cls(result.record, {name: as_column(name, values) for name, values in found.items()})

    @classmethod
    def load(cls, path: Path) -> Samples:
        """The columns of the result whose record is at `path`. Raises as `record.load` does."""
        record, columns = load_columns(path, COLUMNS)
        labels = set(columns["label"])
        if odd := labels - LABELS:
            count = int(sum(np.count_nonzero(columns["label"] == label) for label in odd))
            raise BadInput("label", sorted(odd)[0], f"of {count} samples beside {path} is none of {', '.join(sorted(LABELS))}; judge them again with --rescore")
        return cls(record, columns)


def as_column(name: str, values: Sequence[Any]) -> np.ndarray:
    """Values as a column: the numbers of `Row` as float64, all else as objects."""
    if name in ("sample", "tokens", "score", "opinion"):
        return np.array(values, dtype=np.float64)
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def absent(column: np.ndarray) -> np.ndarray:
    """Where a column of objects holds None."""
    nothing: Any = None
    return np.equal(column, nothing)


@dataclass(frozen=True, eq=False)
class Grid:
    """Samples in order of problem and number, the same count of each problem."""

    samples: Samples
    problems: Mapping[str, int]
    """Problem -> its row of `order_PS`."""
    order_PS: np.ndarray
    """Which sample of the log stands there."""
    dropped: Mapping[str, int]
    """What was left out, in words, and how often."""

    def table(self, name: str) -> np.ndarray:
        """A column as `[P, S]`."""
        return self.samples.columns[name][self.order_PS]

    def once(self, name: str) -> np.ndarray:
        """A column's value at each problem's first sample `[P]`, for what belongs to the problem."""
        return self.samples.columns[name][self.order_PS[:, 0]]

    def only(self, problems: Sequence[str], samples: int) -> Grid:
        """These problems in this order, with the first `samples` of each."""
        rows = np.array([self.problems[problem] for problem in problems])
        return Grid(self.samples, {problem: i for i, problem in enumerate(problems)}, self.order_PS[rows, :samples], self.dropped)


def grid(samples: Samples, name: str = "A", *, intersect: bool = False, keep: Keep | None = None) -> Grid:
    """The samples in order.

    Args:
        name: what errors call the log.
        intersect: leave out problems with too few samples or with samples that have no score.
        keep: which of several samples with one number stays.

    Raises:
        BadInput: samples that occur twice (without `keep`), problems that have fewer samples than the others or samples without a score (without
            `intersect`); each is counted and some are named.
    """
    columns = samples.columns
    ids: dict[str, int] = {}
    problem = np.fromiter((ids.setdefault(i, len(ids)) for i in columns["problem"]), dtype=np.int64, count=len(columns["problem"]))
    if not ids:
        raise BadInput("samples", 0, f"{name} holds no sample")
    names, number = list(ids), columns["sample"]
    order = np.lexsort((number, problem))  # stable: equal numbers stay in the order of the file
    same = (np.diff(problem[order]) == 0) & (np.diff(number[order]) == 0)
    dropped = {}
    if same.any():
        if keep is None:
            which = _some(names[i] for i in dict.fromkeys(problem[order][1:][same]))
            raise BadInput("duplicates", int(same.sum()), f"samples of {name} occur twice: {which}; --keep first or --keep last chooses")
        order = order[np.append(True, ~same) if keep == "first" else np.append(~same, True)]
        dropped[f"duplicate samples of {name}"] = int(same.sum())
    count_P = np.bincount(problem[order], minlength=len(names))
    # The count that most problems have; of two that are equally frequent the larger.
    size = max(Counter(count_P.tolist()).items(), key=lambda item: (item[1], item[0]))[0]
    uneven_P = count_P != size
    unscored_P = np.bincount(problem[order], weights=np.isnan(columns["score"][order]), minlength=len(names)) > 0
    for bad_P, said in ((uneven_P, f"problems of {name} do not have {size} samples"), (unscored_P, f"problems of {name} hold samples without a score")):
        if bad_P.any() and not intersect:
            which = _some(f"{names[i]} ({count_P[i]})" if bad_P is uneven_P else names[i] for i in np.flatnonzero(bad_P))
            raise BadInput("samples" if bad_P is uneven_P else "scores", int(bad_P.sum()), f"{said}: {which}; --intersect leaves such problems out")
        if bad_P.any():
            dropped[said] = int(bad_P.sum())
    good_P = (count_P >= size) & ~unscored_P  # of problems with more samples than the others the first stay
    if not good_P.any():
        raise BadInput("problems", len(names), f"of {name}, none of which has all its samples with scores; nothing is left to look at")
    starts_P = np.cumsum(count_P) - count_P
    return Grid(
        samples,
        {names[i]: row for row, i in enumerate(np.flatnonzero(good_P))},
        order[starts_P[good_P][:, None] + np.arange(size)],
        dropped,
    )


def align(grids: Sequence[Grid]) -> list[Grid]:
    """The grids on the problems and numbers of samples that all of them have, in the first one's order.

    Raises:
        BadInput: there is no such problem.
    """
    shared = [problem for problem in grids[0].problems if all(problem in other.problems for other in grids[1:])]
    if not shared:
        shown = [next(iter(g.problems), None) for g in grids]
        remedy = "no problem was answered by both; evaluate both on the same task with the same --seed, or say where logs keep ids with --fields problem=..."
        raise BadInput("problems", shown, remedy)
    samples = min(g.order_PS.shape[1] for g in grids)
    return [g.only(shared, samples) for g in grids]


def _some(names: Any) -> str:
    """The first few names, and that there are more."""
    found = list(names)
    return ", ".join(map(str, found[:SHOWN])) + (", ..." if len(found) > SHOWN else "")

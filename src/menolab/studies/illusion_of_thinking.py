"""The Illusion of Thinking: how accuracy and effort change as one puzzle grows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from menolab.errors import BadInput, check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.record import Result, Row
from menolab.evaluation.rescore import problem_of
from menolab.evaluation.statistics import Estimate
from menolab.keys import Key
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.tasks.task import Task

CUT = 0.1
"""Share truncated at the collapse above which it may be the token limit's."""


@dataclass(frozen=True)
class IllusionOfThinking(Study):
    """Accuracy, thinking tokens and the first wrong step against a task's difficulty: where accuracy collapses, and whether effort falls there.

    Meant for the task IllusionOfThinking, one puzzle a size (Hanoi, checkers, river, blocks); any task whose problems have difficulties serves, in
    `levels` groups of equal numbers of problems where there are more difficulties than that. The collapse is the first level from which on accuracy stays at
    or below `floor`, after a level above it; it is bracketed by the pointwise intervals (`collapse`). Thinking that was cut off counts with the tokens it had.
    Source: Shojaee et al. 2025 (arXiv:2506.06941). Lawsen 2025 (arXiv:2506.09250) found that token limits and unsolvable puzzles made part of its collapse:
    so truncated shares stand beside every accuracy. Left out: equal-compute comparison with models that do not think; solutions within the thinking.
    """

    catalogue = "illusion-of-thinking"
    paper = "arXiv:2506.06941"

    samples: int = 25
    """Answers to each problem, where they have to be drawn."""
    floor: float = 0.2
    """Accuracy that counts as collapsed. 25 wrong answers of 25 leave up to 0.13 open."""
    levels: int = 12

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 1)
        check_range("floor", self.floor, 0.0, 0.99)
        check_range("levels", self.levels, 2)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        task = desk.task(subjects)
        looks = {
            subject.label: levels_of(result, task, self.levels) for subject, result in zip(subjects, desk.results(subjects, self.samples), strict=True)
        }
        numbers: dict[str, Number] = {}
        for label, levels in looks.items():
            numbers |= {f"{label} {name}": value for name, value in _numbers(levels, self.floor).items()}
        return Findings(
            title=f"Accuracy and effort against difficulty ({task.name})",
            verdict=" ".join(_verdict(label, levels, self.floor) for label, levels in looks.items()),
            numbers=numbers,
            tables=(Sheet("By difficulty", ("model", *COLUMNS), [(label, *_cells(level)) for label, levels in looks.items() for level in levels]),),
            charts=(
                Plot("Accuracy", [_line(label, levels, "accuracy") for label, levels in looks.items()], "difficulty", "share"),
                Plot("Thinking tokens", [_line(label, levels, "thinking") for label, levels in looks.items()], "difficulty"),
                Plot("Steps before the first wrong one", [_line(label, levels, "held") for label, levels in looks.items()], "difficulty", "share"),
            ),
            shows_not=(
                "that a model cannot reason: a list of moves grows with the puzzle, and so does the chance of one slip and of the token limit",
                "what another puzzle of a size would give: where a size is one problem, the intervals are over samples of that one",
                "a fall of effort beyond chance where the level with most thinking was chosen because it has most",
            ),
            warnings=tuple(warning for label, levels in looks.items() for warning in _warnings(label, levels, self.floor)),
        )


@dataclass(frozen=True)
class Level:
    """The samples of one difficulty, or of a range of them."""

    low: float
    high: float
    problems: int
    samples: int
    """Of all its problems together."""
    accuracy: Estimate
    """Over problems; over samples where there is one problem."""
    thinking: Estimate
    """Tokens of the thinking; all tokens where it did not end."""
    truncated: float
    held: Estimate | None
    """Share of the answer's steps before the first that is wrong, 1 if all hold; None where answers have no steps."""
    first_wrong: float | None
    """Median number of the first wrong step, counted from 1, over answers that have one."""

    @property
    def middle(self) -> float:
        """Where a chart puts it."""
        return (self.low + self.high) / 2

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.low:.4g}" if self.low == self.high else f"{self.low:.3g} to {self.high:.3g}"


def grouped(difficulty_P: np.ndarray, most: int) -> list[np.ndarray]:
    """Indices of problems by level, easiest first: one level a difficulty, or `most` levels of nearly equal numbers of problems if there are more.

    Problems of one difficulty are never parted, so there may be fewer levels.
    """
    values, counts = np.unique(difficulty_P, return_counts=True)
    if len(values) <= most:
        return [np.flatnonzero(difficulty_P == value) for value in values]
    # a difficulty belongs to the level in which the middle of its problems falls
    middle = np.cumsum(counts) - counts / 2
    level = np.minimum((middle / counts.sum() * most).astype(int), most - 1)
    return [np.flatnonzero(np.isin(difficulty_P, values[level == i])) for i in range(most) if (level == i).any()]


def levels_of(result: Result, task: Task, most: int) -> list[Level]:
    """The levels of one model's samples.

    Raises:
        BadInput: all problems are of one difficulty, or some have none.
    """
    table = Table(result.rows, result.record.samples, Key(tuple(result.record.key)))
    difficulty_P = table.column(lambda row: row.difficulty)[:, 0]
    if not np.isfinite(difficulty_P).all() or len(np.unique(difficulty_P)) < 2:
        raise BadInput("--on", task.name, "its problems do not differ in difficulty, so there is nothing to plot against; choose a task with a knob")
    thinking_PS = table.column(lambda row: row.tokens if row.thinking is None else row.thinking)
    cut_PS = table.column(lambda row: row.finish == "length")
    steps = [_steps(task, row) for row in result.rows]
    held_PS = np.array([math.nan if s is None or not s[1] else s[0] / s[1] for s in steps]).reshape(-1, table.samples)
    wrong_PS = np.array([math.nan if s is None or s[0] == s[1] else s[0] + 1 for s in steps]).reshape(-1, table.samples)
    return [
        Level(
            low=float(difficulty_P[group].min()),
            high=float(difficulty_P[group].max()),
            problems=len(group),
            samples=len(group) * table.samples,
            accuracy=share(table.right_PS[group]),
            thinking=mean(thinking_PS[group]),
            truncated=float(cut_PS[group].mean()),
            held=None if np.isnan(held_PS[group]).all() else _held(held_PS[group]),
            first_wrong=None if np.isnan(wrong_PS[group]).all() else float(np.nanmedian(wrong_PS[group])),
        )
        for group in grouped(difficulty_P, most)
    ]


def share(values_PS: np.ndarray) -> Estimate:
    """Mean of zeros and ones: over problems, or over the samples of a single one (Wilson's interval on them)."""
    if len(values_PS) > 1:
        return statistics.share(values_PS.mean(axis=1))
    p = float(values_PS.mean())
    return Estimate(p, *statistics.wilson(p, values_PS.size), 1)


def mean(values_PS: np.ndarray) -> Estimate:
    """Mean with the t interval: over problems, or over the samples of a single one."""
    units = values_PS.mean(axis=1) if len(values_PS) > 1 else values_PS[0]
    found = statistics.mean(units)
    return Estimate(found.mean, found.low, found.high, len(values_PS))


def collapse(accuracies: Sequence[Estimate], floor: float) -> tuple[int | None, int | None, int | None]:
    """Which level accuracy collapses at, the earliest and the latest that the intervals leave open; indices, None = at none of these levels.

    By the means it is the first level from which on all are at or below the floor, given that one before is above. It is not before the level after the
    last one that lies above the floor with its whole interval, and not after the first from which on all lie at or below it with theirs. Intervals are
    pointwise, so the bracket is a little narrower than 95% for the whole.
    """

    def after(above: Sequence[bool]) -> int | None:
        last = max((i for i, is_above in enumerate(above) if is_above), default=-1)
        return last + 1 if last + 1 < len(above) else None

    point = after([a.mean > floor for a in accuracies])
    if point == 0:  # never above the floor: nothing collapsed here
        return None, None, None
    return point, after([a.low > floor for a in accuracies]), after([a.high > floor for a in accuracies])


def welch(a: Estimate, b: Estimate, n_a: int, n_b: int) -> Estimate:
    """b - a of two independent means with t intervals over n_a and n_b values: Welch's interval (Welch 1947; Satterthwaite 1946 for its degrees of freedom)."""
    from scipy.special import stdtrit

    if min(n_a, n_b) < 2:
        return Estimate(b.mean - a.mean, math.nan, math.nan, min(n_a, n_b))
    level = (1 + statistics.LEVEL) / 2
    va, vb = (((e.high - e.mean) / float(stdtrit(n - 1, level))) ** 2 for e, n in ((a, n_a), (b, n_b)))
    if va + vb == 0:
        return Estimate(b.mean - a.mean, b.mean - a.mean, b.mean - a.mean, min(n_a, n_b))
    freedom = (va + vb) ** 2 / (va**2 / (n_a - 1) + vb**2 / (n_b - 1))
    half = float(stdtrit(freedom, level)) * math.sqrt(va + vb)
    return Estimate(b.mean - a.mean, b.mean - a.mean - half, b.mean - a.mean + half, min(n_a, n_b))


def effort(levels: Sequence[Level]) -> tuple[int, Estimate]:
    """The level with most thinking, and how much less (negative) the hardest has; the difference is exactly 0 where it is the hardest itself."""
    peak = max(range(len(levels)), key=lambda i: levels[i].thinking.mean)
    a, b = levels[peak], levels[-1]
    if a is b:
        return peak, Estimate(0.0, math.nan, math.nan, b.problems)
    return peak, welch(a.thinking, b.thinking, *(level.problems if level.problems > 1 else level.samples for level in (a, b)))


def _steps(task: Task, row: Row) -> tuple[int, int] | None:
    return task.steps(problem_of(row, task.name), row.text)


def _held(held_PS: np.ndarray) -> Estimate:
    """Over the problems, or the samples of a single one, that have an answer with steps."""
    alone = len(held_PS) == 1
    found = statistics.share(held_PS[0][~np.isnan(held_PS[0])] if alone else np.nanmean(held_PS[~np.isnan(held_PS).all(axis=1)], axis=1))
    return Estimate(found.mean, found.low, found.high, 1) if alone else found


COLUMNS = ("difficulty", "problems", "samples", "right", "thinking tokens", "truncated", "steps that hold", "first wrong step (median)")


def _cells(level: Level) -> tuple[str | int | float | Number | None, ...]:
    held = None if level.held is None else number(level.held, "share")
    cut = number(level.truncated, "share")
    right, thinking = number(level.accuracy, "share"), number(level.thinking)
    return level.name, level.problems, level.samples, right, thinking, cut, held, level.first_wrong


def _numbers(levels: Sequence[Level], floor: float) -> dict[str, Number]:
    point, early, late = (None if i is None else levels[i].low for i in collapse([level.accuracy for level in levels], floor))
    peak, fall = effort(levels)
    return {
        "collapse": Number(point, early, late, None, None, "number", f"difficulty from which on accuracy stays at or below {floor:g}"),
        "most thinking at": number(levels[peak].low, "number", "difficulty with most thinking tokens"),
        "effort after the peak": number(fall, "number", "thinking tokens at the hardest level less those at the peak"),
        "easiest": number(levels[0].accuracy, "share", "accuracy at the easiest level"),
        "hardest": number(levels[-1].accuracy, "share", "accuracy at the hardest level"),
    }


def _line(label: str, levels: Sequence[Level], field: str) -> Series:
    known = [(level.middle, estimate) for level in levels if (estimate := getattr(level, field)) is not None]
    ends = [(e.low, e.high) if math.isfinite(e.low) else (e.mean, e.mean) for _, e in known]
    return Series(label, [x for x, _ in known], [e.mean for _, e in known], [low for low, _ in ends], [high for _, high in ends])


def _verdict(label: str, levels: Sequence[Level], floor: float) -> str:
    right = [level.accuracy for level in levels]
    point, early, late = collapse(right, floor)
    ends = f"{number(right[0], 'share')} right at {levels[0].name}, {number(right[-1], 'share')} at {levels[-1].name}"
    if point is None:
        never = all(estimate.mean <= floor for estimate in right)
        return f"{label}: {ends}; " + (f"never above {floor:.0%}." if never else "no collapse on these sizes.")
    assert early is not None  # not later than the point itself
    bracket = f"from {levels[early].name} to {levels[late].name if late is not None else 'beyond the last level'}"
    peak, fall = effort(levels)
    said = f"{label}: {ends}; collapsed from {levels[point].name} on ({bracket} by the intervals)."
    if math.isfinite(fall.high) and fall.high < 0:
        return f"{said} Thinking is longest at {levels[peak].name} and shorter by {number(-fall.mean)} tokens at the hardest level."
    return f"{said} No fall of thinking tokens after their peak can be told."


def _warnings(label: str, levels: Sequence[Level], floor: float) -> list[str]:
    point = collapse([level.accuracy for level in levels], floor)[0]
    if point is None or levels[point].truncated <= CUT:
        return []
    return [
        f"{label}: {levels[point].truncated:.0%} of the responses ran into the token limit where accuracy collapses; it may be the limit's collapse, so raise "
        "--max-tokens"
    ]

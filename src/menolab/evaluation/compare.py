"""The verb `compare`: is B better than A, on the same problems?

Pairing by problem removes the largest source of noise, how hard the problems happen to be: the same data that leave an unpaired test at p = 0.08
may leave a paired one at 0.008.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.metrics.pass_at_k import pass_at_k
from menolab.evaluation.mismatch import mismatches, unchecked
from menolab.evaluation.power import Power, power
from menolab.evaluation.record import Result, Row
from menolab.evaluation.samples import Grid, Keep, Samples, absent, align, grid
from menolab.evaluation.statistics import Difference, Estimate
from menolab.keys import Key

ALPHA = 0.05
"""A difference is called one below this p-value, after Holm's adjustment for several tasks."""
SHARES = ("truncated", "unparsed", "undecided", "errored")

Side = Result | Samples | Sequence[Result | Samples]
"""One model: a result, or the results of several runs (seeds) of it."""


@dataclass(frozen=True)
class Rules:
    """What is compared, and what is done about results that do not match."""

    force: bool = False
    """Compare results that differ in prompts, golds, verifier, decoding or samples, and say so."""
    intersect: bool = False
    """Compare the problems and samples that all have, and say how many were left out."""
    keep: Keep | None = None
    """Which of several samples with one number counts; None refuses them."""
    measure: Literal["right", "score"] = "right"
    """The share of right samples, or the mean score (partial credit)."""


@dataclass(frozen=True)
class Flip:
    """A problem that one model solves (half of its samples right, or more) and the other does not."""

    problem: str
    gold: str
    a: float
    """Share of A's samples that are right."""
    b: float
    answer_a: str | None
    """A's most frequent answer, None if no response held one."""
    answer_b: str | None


@dataclass(frozen=True)
class Runs:
    """Several runs (seeds) of a model: how far their scores spread, beside how far problems do."""

    a: Sequence[float]
    """The score of each of A's runs."""
    b: Sequence[float]
    spread: float
    """Standard deviation between runs of one model, sampling and the choice of problems taken out; pooled over both models."""
    same_runs: Difference
    """The difference with problems alone as what varies: what to expect of these very models on other problems."""


@dataclass(frozen=True)
class Comparison:
    """B against A on one task."""

    task: str
    a: Estimate
    """pass@1, or the mean score."""
    b: Estimate
    difference: Difference
    """B minus A, over problems; where a model has several runs over problems and runs."""
    p_holm: float
    """The difference's p-value, adjusted for the number of tasks compared."""
    pass_at_k: Mapping[int, Difference]
    """Of pass@k, B minus A; of pass@1 alone where scores are compared."""
    length: Difference | None
    """Response tokens, B minus A; None where a log does not tell them."""
    shares: Mapping[str, tuple[Estimate | None, Estimate | None]]
    """truncated, unparsed, undecided and errored of A and of B; None where a log does not tell."""
    gained: Sequence[Flip]
    lost: Sequence[Flip]
    samples: int
    """Samples of each problem compared, in each run."""
    power: Power | None
    """How the difference's noise splits into problems and samples; None for one problem."""
    runs: Runs | None
    """Where a model has several runs."""
    dropped: Mapping[str, int]
    """What was left out, in words, and how often."""
    a_RP: np.ndarray = field(repr=False, compare=False)
    """A's score on every problem in every run."""
    b_RP: np.ndarray = field(repr=False, compare=False)
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Overall:
    """B against A over several tasks, each of which weighs the same."""

    tasks: int
    a: float
    b: float
    difference: Difference
    p_holm: float
    """Adjusted for the number of pairs of models compared."""
    spread: float | None
    """Standard deviation between runs of one model of the mean over tasks; None where each has one run."""


def compare(a: Side, b: Side, rules: Rules = Rules()) -> Comparison:
    """B minus A on one task, paired by problem.

    Raises:
        BadInput: they differ in task, problems, golds, prompts, verifier, decoding or samples, so the difference would not be the models'. With
            `rules.force` each such difference is a warning instead, and the problems that both answered are compared; `rules.intersect` does so for
            problems and samples that one of them lacks. A log with duplicates, or with samples that have no score (see `grid`).
    """
    sides = [_runs(a), _runs(b)]
    grids, warnings, dropped = matched(sides, rules)
    many = sum(len(side) for side in sides) > 2
    record = sides[0][0].record
    key = Key.root(0).fold("compare", record.task)  # fixed: comparing twice gives the same numbers
    a_RPS, b_RPS = ([_scores(g, rules.measure) for g in side] for side in grids)
    a_RP, b_RP = (np.stack([table_PS.mean(axis=1) for table_PS in side]) for side in (a_RPS, b_RPS))
    curve = _curve(a_RPS, b_RPS, rules.measure, key)
    runs = None
    difference = curve[1]
    if many:
        wider, spread = statistics.over_runs([(a_RP, b_RP)])
        runs = Runs(a_RP.mean(axis=1).tolist(), b_RP.mean(axis=1).tolist(), spread, curve[1])
        difference = curve[1] if math.isnan(wider.p) else wider
    gained, lost = _flips(grids[0], grids[1], a_RP.mean(axis=0), b_RP.mean(axis=0)) if rules.measure == "right" else ([], [])
    every = min(len(a_RPS), len(b_RPS))
    return Comparison(
        task=record.task,
        a=_mean(a_RP, rules.measure),
        b=_mean(b_RP, rules.measure),
        difference=difference,
        p_holm=difference.p,
        pass_at_k=curve,
        length=_length(grids, key.fold("length")),
        shares={name: (_share(grids[0], name), _share(grids[1], name)) for name in SHARES},
        gained=gained,
        lost=lost,
        warnings=[*warnings, *(f"{name}: {w}" for name, side in zip("AB", sides, strict=True) for s in side for w in s.record.warnings)],
        samples=a_RPS[0].shape[1],
        power=power(np.hstack(a_RPS[:every]), np.hstack(b_RPS[:every])) if a_RP.shape[1] > 1 else None,
        runs=runs,
        dropped=dropped,
        a_RP=a_RP,
        b_RP=b_RP,
    )


def matched(sides: Sequence[Sequence[Samples]], rules: Rules) -> tuple[list[list[Grid]], list[str], dict[str, int]]:
    """The samples of all models in one order, with warnings and with what was left out.

    Raises:
        BadInput: as `compare` does.
    """
    names = [_letters(i) + (str(run + 1) if len(side) > 1 else "") for i, side in enumerate(sides) for run in range(len(side))]
    lax = rules.force or rules.intersect
    grids = [grid(s, name, intersect=lax, keep=rules.keep) for name, s in zip(names, (s for side in sides for s in side), strict=True)]
    warnings = []
    for name, other in zip(names[1:], grids[1:], strict=True):
        found = mismatches(grids[0], other, (names[0], name))
        refused = [m for m in found if not (rules.force or (rules.intersect and m.missing))]
        if refused:
            also = f" (also differing: {', '.join(m.field for m in refused[1:])})" if len(refused) > 1 else ""
            flag = "--intersect compares what both have" if refused[0].missing else "--force compares all the same"
            raise BadInput(refused[0].field, refused[0].values, f"{refused[0].remedy}{also}; {flag} and says so")
        warnings += [f"{m.field} differ: {m.said}" for m in found] + unchecked(grids[0], other, (names[0], name))
    together = align(grids)
    dropped: dict[str, int] = {}
    for name, before, after in zip(names, grids, together, strict=True):
        dropped |= before.dropped
        left = len(before.problems) - len(after.problems)
        dropped |= {f"problems of {name} that not all have": left} if left else {}
    warnings += [f"left out: {count} {said}" for said, count in dropped.items()]
    found = iter(together)
    return [[next(found) for _ in side] for side in sides], warnings, dropped


def scores_together(models: Sequence[Side], rules: Rules = Rules()) -> np.ndarray:
    """The scores `[M, P]` of several models, runs averaged, on the problems of one task that all answered. Raises as `compare` does."""
    grids, _, _ = matched([_runs(model) for model in models], rules)
    return np.stack([np.mean([_scores(g, rules.measure).mean(axis=1) for g in side], axis=0) for side in grids])


def adjusted(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The same comparisons with `p_holm` set for their number."""
    return [replace(c, p_holm=p) for c, p in zip(comparisons, statistics.holm([c.difference.p for c in comparisons]), strict=True)]


def overall(comparisons: Sequence[Comparison]) -> Overall:
    """The mean over tasks of B minus A: problems drawn anew within each task, and runs where models have several.

    Raises:
        BadInput: no task.
    """
    key = Key.root(0).fold("compare", "overall")
    difference = statistics.stratified_difference([c.b_RP.mean(axis=0) - c.a_RP.mean(axis=0) for c in comparisons], key)
    spread = None
    if all(c.runs is not None for c in comparisons):
        wider, spread = statistics.over_runs([(c.a_RP, c.b_RP) for c in comparisons])
        difference = difference if math.isnan(wider.p) else wider
    a, b = (float(np.mean([table.mean() for table in side])) for side in ([c.a_RP for c in comparisons], [c.b_RP for c in comparisons]))
    return Overall(len(comparisons), a, b, difference, difference.p, spread)


def verdict(comparisons: Sequence[Comparison], whole: Overall | None = None) -> str:
    """The comparison in words a person can act on."""
    sentences = [f"{c.task}: {_sentence(c)}" for c in comparisons]
    if whole is not None:
        sentences.append(f"Over {whole.tasks} tasks: {_claim(whole.difference, whole.p_holm)}")
    return " ".join(sentences)


def _sentence(c: Comparison) -> str:
    d = c.difference
    said = _claim(d, c.p_holm)
    if c.runs is not None and (c.p_holm < ALPHA) != (c.runs.same_runs.p < ALPHA):
        of = "of these very models one is better" if c.runs.same_runs.p < ALPHA else "of these very models none is shown to be better"
        said += f" Runs of one model differ by {100 * c.runs.spread:.1f} points (one standard deviation): {of} ({statistics.p_value(c.runs.same_runs.p)})."
    top = max(c.pass_at_k)
    far = c.pass_at_k[top]
    if top > 1 and (far.high < 0 or far.low > 0) and (far.mean > 0) != (d.mean > 0):
        said += f" But pass@{top} moved the other way: {100 * far.mean:+.1f} points ({100 * far.low:+.1f} to {100 * far.high:+.1f})."
    return said


def _claim(d: Difference, p: float) -> str:
    size = f"{100 * d.mean:+.1f} points (95% {100 * d.low:+.1f} to {100 * d.high:+.1f}, {statistics.p_value(p)}, {d.n} problems)"
    if p < ALPHA:
        return f"B is {'better' if d.mean > 0 else 'worse'} than A by {size}."
    power = "no problem's score moved" if d.detectable is None else f"a comparison of this size would notice about {100 * d.detectable:.1f} points"
    return f"no difference shown: {size}; {power}."


def by_problem(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each problem, both in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.problem, []).append(row)
    return found


def _runs(side: Side) -> list[Samples]:
    runs = [side] if isinstance(side, (Result, Samples)) else list(side)
    return [Samples.of(run) if isinstance(run, Result) else run for run in runs]


def _letters(i: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 26] + (str(i // 26) if i >= 26 else "")


def _scores(g: Grid, measure: str) -> np.ndarray:
    """What is averaged, `[P, S]`.

    Raises:
        BadInput: partial credit where right answers are counted: a score of 0.7 is neither.
    """
    score_PS = g.table("score")
    if measure == "score":
        return score_PS
    label_PS = g.table("label")
    partial = (label_PS == "undecided") & (score_PS != 0)
    if partial.any():
        value = float(score_PS[partial][0])
        raise BadInput("score", value, f"is neither 0 nor 1, as those of {int(partial.sum())} samples; --score compares mean scores")
    return (label_PS == "right").astype(np.float64)


def _curve(a_RPS: Sequence[np.ndarray], b_RPS: Sequence[np.ndarray], measure: str, key: Key) -> dict[int, Difference]:
    """Paired differences by k; of pass@1 alone for scores."""
    if measure == "score":
        a_PK, b_PK = (np.mean(side, axis=0).mean(axis=1, keepdims=True) for side in (a_RPS, b_RPS))
        bounded = all(float(side.min()) >= 0 and float(side.max()) <= 1 for side in (a_PK, b_PK))
        return {1: statistics.paired_differences(a_PK, b_PK, key.fold("pass"), shares=bounded)[0]}
    a_PK, b_PK = (np.mean([pass_at_k(right_PS) for right_PS in side], axis=0) for side in (a_RPS, b_RPS))
    return dict(enumerate(statistics.paired_differences(a_PK, b_PK, key.fold("pass")), 1))


def _mean(table_RP: np.ndarray, measure: str) -> Estimate:
    values_P = table_RP.mean(axis=0)
    return statistics.share(values_P) if measure == "right" else statistics.mean(values_P)


def _length(grids: Sequence[Sequence[Grid]], key: Key) -> Difference | None:
    a_P, b_P = (np.mean([g.table("tokens").mean(axis=1) for g in side], axis=0) for side in grids)
    return None if np.isnan(a_P).any() or np.isnan(b_P).any() else statistics.paired_difference(a_P, b_P, key, shares=False)


def _share(side: Sequence[Grid], name: str) -> Estimate | None:
    """The share of a side's samples; None where one of its logs does not tell."""
    if any(g.samples.record.metrics.get(name) is None for g in side):
        return None
    return statistics.share(np.mean([_holds(g, name).mean(axis=1) for g in side], axis=0))


def _holds(g: Grid, name: str) -> np.ndarray:
    """As `metrics.shares` has it, over columns."""
    if name == "truncated":
        return g.table("finish") == "length"
    if name == "unparsed":
        return absent(g.table("extracted"))
    undecided_PS = g.table("label") == "undecided"
    return undecided_PS if name == "undecided" else (g.table("finish") == "error") | ((g.table("stage") == "verifier") & undecided_PS)


def _flips(ours: Sequence[Grid], theirs: Sequence[Grid], a_P: np.ndarray, b_P: np.ndarray) -> tuple[list[Flip], list[Flip]]:
    gained, lost = [], []
    names, golds = list(ours[0].problems), ours[0].once("gold")
    for i in np.flatnonzero((a_P >= 0.5) != (b_P >= 0.5)).tolist():
        a, b = float(a_P[i]), float(b_P[i])
        (gained if b > a else lost).append(Flip(names[i], golds[i] or "", a, b, _answer(ours, i), _answer(theirs, i)))
    return sorted(gained, key=lambda f: f.a - f.b), sorted(lost, key=lambda f: f.b - f.a)


def _answer(side: Sequence[Grid], i: int) -> str | None:
    """The most frequent answer to problem i, as first written. A log of another program has no votes; there the answers
    themselves are counted, or, where it extracts none, a response's end stands for them."""
    which: list[tuple[Mapping[str, Any], int]] = [(g.samples.columns, j) for g in side for j in g.order_PS[i].tolist()]
    answers = [(columns["vote"][j] or columns["extracted"][j], columns["extracted"][j]) for columns, j in which]
    votes = Counter(vote for vote, _ in answers if vote is not None)
    if not votes:
        return next((_end(columns["text"][j]) for columns, j in which if "text" in columns), None)
    best = votes.most_common(1)[0][0]
    return next(written for vote, written in answers if vote == best)


def _end(text: str | None) -> str | None:
    """The end of a response, where its answer may stand."""
    return " ".join((text or "").split())[-60:] or None

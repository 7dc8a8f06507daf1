"""The verb `compare`: is B better than A, on the same problems?

Pairing by problem removes the largest source of noise, how hard the problems happen to be: the same data that leave an unpaired test at p = 0.08
may leave a paired one at 0.008.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.evaluate import column
from menolab.evaluation.metrics.pass_at_k import pass_at_k
from menolab.evaluation.record import Result, Row
from menolab.evaluation.statistics import Difference, Estimate
from menolab.keys import Key

ALPHA = 0.05
"""A difference is called one below this p-value, after Holm's adjustment for several tasks."""


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
class Comparison:
    """B against A on one task."""

    task: str
    a: Estimate
    """pass@1."""
    b: Estimate
    difference: Difference
    """pass@1, B minus A."""
    p_holm: float
    """The difference's p-value, adjusted for the number of tasks compared."""
    pass_at_k: Mapping[int, Difference]
    length: Difference
    """Response tokens, B minus A."""
    shares: Mapping[str, tuple[Estimate, Estimate]]
    """truncated, unparsed, undecided and errored of A and of B."""
    gained: Sequence[Flip]
    lost: Sequence[Flip]
    warnings: Sequence[str] = ()


def compare(a: Result, b: Result, *, force: bool = False) -> Comparison:
    """B minus A on one task, paired by problem.

    Raises:
        BadInput: they differ in task, problems, prompts, verifier, decoding or samples, so the difference would not be the models'. With
            `force` each such difference is a warning instead, and the problems that both answered are compared.
    """
    differing = differences(a, b)
    if differing and not force:
        field, values, remedy = differing[0]
        also = f" (also differing: {', '.join(d[0] for d in differing[1:])})" if len(differing) > 1 else ""
        raise BadInput(field, values, f"{remedy}{also}; --force compares all the same and says so")
    rows_a, rows_b = by_problem(a.rows), by_problem(b.rows)
    shared = [problem for problem in rows_a if problem in rows_b]
    if not shared:
        raise BadInput("problems", 0, "no problem was answered by both; evaluate both on the same task with the same --seed")
    samples = min(a.record.samples, b.record.samples)
    paired_a = [row for problem in shared for row in rows_a[problem][:samples]]
    paired_b = [row for problem in shared for row in rows_b[problem][:samples]]
    return _compare(a, b, paired_a, paired_b, samples, [f"{field} differ: {values[0]} against {values[1]}" for field, values, _ in differing])


def _compare(a: Result, b: Result, rows_a: Sequence[Row], rows_b: Sequence[Row], samples: int, warnings: Sequence[str]) -> Comparison:
    key = Key.root(0).fold("compare", a.record.task)  # fixed: comparing twice gives the same numbers
    right_a, right_b = (column(rows, samples, lambda row: row.label == "right") for rows in (rows_a, rows_b))
    tokens_a, tokens_b = (column(rows, samples, lambda row: row.tokens).mean(axis=1) for rows in (rows_a, rows_b))
    curve_a, curve_b = pass_at_k(right_a), pass_at_k(right_b)
    curve = {k: statistics.paired_difference(curve_a[:, k - 1], curve_b[:, k - 1], key.fold("pass", k)) for k in range(1, samples + 1)}
    gained, lost = _flips(rows_a, rows_b, samples)
    shares = {name: (_known(a, name), _known(b, name)) for name in ("truncated", "unparsed", "undecided", "errored")}
    return Comparison(
        task=a.record.task,
        a=statistics.share(curve_a[:, 0]),
        b=statistics.share(curve_b[:, 0]),
        difference=curve[1],
        p_holm=curve[1].p,
        pass_at_k=curve,
        length=statistics.paired_difference(tokens_a, tokens_b, key.fold("length"), shares=False),
        shares=shares,
        gained=gained,
        lost=lost,
        warnings=[*warnings, *(f"A: {w}" for w in a.record.warnings), *(f"B: {w}" for w in b.record.warnings)],
    )


def adjusted(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The same comparisons with `p_holm` set for their number."""
    return [replace(c, p_holm=p) for c, p in zip(comparisons, statistics.holm([c.difference.p for c in comparisons]), strict=True)]


def differences(a: Result, b: Result) -> list[tuple[str, tuple[object, object], str]]:
    """What makes two results incomparable: (field, both values, remedy), the gravest first; empty if nothing does."""
    x, y = a.record, b.record
    checks = [
        ("task", x.task, y.task, "evaluate both on the same task"),
        ("problems", (x.problems, x.problems_hash[:12]), (y.problems, y.problems_hash[:12]), "evaluate both with the same --problems and --seed"),
        ("prompts", x.prompts_hash[:12], y.prompts_hash[:12], "the same problems were worded differently; evaluate both with the same task settings"),
        ("verifier", x.verifier, y.verifier, "answers were judged by different rules; judge both with the same"),
        ("decoding", dict(x.decoding), dict(y.decoding), "evaluate both with the same decoding options"),
        ("samples", x.samples, y.samples, "evaluate both with the same --samples"),
    ]
    return [(field, (u, v), remedy) for field, u, v, remedy in checks if u != v]


def verdict(comparisons: Sequence[Comparison]) -> str:
    """The comparison in words a person can act on."""
    return " ".join(f"{c.task}: {_sentence(c)}" for c in comparisons)


def _sentence(c: Comparison) -> str:
    d = c.difference
    size = f"{100 * d.mean:+.1f} points (95% {100 * d.low:+.1f} to {100 * d.high:+.1f}, p = {c.p_holm:.2g}, {d.n} problems)"
    if c.p_holm < ALPHA:
        said = f"B is {'better' if d.mean > 0 else 'worse'} than A by {size}."
    else:
        power = "no problem's score moved" if d.detectable is None else f"a comparison of this size would notice about {100 * d.detectable:.1f} points"
        said = f"no difference shown: {size}; {power}."
    top = max(c.pass_at_k)
    far = c.pass_at_k[top]
    if top > 1 and (far.high < 0 or far.low > 0) and (far.mean > 0) != (d.mean > 0):
        said += f" But pass@{top} moved the other way: {100 * far.mean:+.1f} points ({100 * far.low:+.1f} to {100 * far.high:+.1f})."
    return said


def by_problem(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each problem, both in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.problem, []).append(row)
    return found


def _flips(rows_a: Sequence[Row], rows_b: Sequence[Row], samples: int) -> tuple[list[Flip], list[Flip]]:
    gained, lost = [], []
    for start in range(0, len(rows_a), samples):
        ours, theirs = rows_a[start : start + samples], rows_b[start : start + samples]
        a, b = (float(np.mean([row.label == "right" for row in side])) for side in (ours, theirs))
        if (a >= 0.5) != (b >= 0.5):
            (gained if b > a else lost).append(Flip(ours[0].problem, ours[0].gold, a, b, _answer(ours), _answer(theirs)))
    return sorted(gained, key=lambda f: f.a - f.b), sorted(lost, key=lambda f: f.b - f.a)


def _answer(rows: Sequence[Row]) -> str | None:
    """The most frequent answer as first written."""
    votes = Counter(row.vote for row in rows if row.vote is not None)
    if not votes:
        return None
    best = votes.most_common(1)[0][0]
    return next(row.extracted for row in rows if row.vote == best)


def _known(result: Result, name: str) -> Estimate:
    estimate = result.record.metrics[name]
    assert estimate is not None, f"{name} is a share of all samples, so it is always known"
    return estimate

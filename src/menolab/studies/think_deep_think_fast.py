"""Think Deep, Think Fast: what tells right responses from wrong ones without a verifier, and what votes make of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from menolab.errors import BadInput, check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.majority import majority_at_k
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.statistics import Difference
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.markers import MARKERS, rate
from menolab.studies.study import Study
from menolab.studies.subject import Subject

Point = tuple[str, float, float]
"""A way to answer: its name, tokens a problem, accuracy."""


@dataclass(frozen=True)
class ThinkDeepThinkFast(Study):
    """Length and words of right and of wrong responses to the same problems, votes among the shortest, and the frontier of accuracy against tokens.

    Differences are paired within problems that have both kinds (`within`): pooled over problems, hard ones alone would make wrong responses long. Beside
    majority votes of k = 1..S samples stands the vote of the shortest `keep` of all S, whose cost is that of drawing all S side by side and stopping when
    so many have ended. Source: Wang et al. 2025 (arXiv:2504.14047); its lists of words could not be confirmed, so they are ours (`markers`).
    Left out: best-of-N by the model itself and sequential revision, which need the model.
    """

    catalogue = "think-deep-think-fast"
    paper = "arXiv:2504.14047"

    samples: int = 16
    """Answers to each problem, where they have to be drawn."""
    keep: float = 0.5
    """Share of the samples, the shortest, that vote in the filtered vote."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 2)
        check_range("keep", self.keep, 0.0, 1.0, open_low=True)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        tables = {
            subject.label: Table(result.rows, result.record.samples, desk.key.fold(subject.label))
            for subject, result in zip(subjects, desk.results(subjects, self.samples), strict=True)
        }
        if alone := next((label for label, table in tables.items() if table.samples < 2), None):
            raise BadInput("samples", 1, f"{alone} has one answer a problem, so none has a right and a wrong one; draw more")
        numbers = {f"{label} {name}": value for label, table in tables.items() for name, value in _numbers(table, self.keep).items()}
        points = {label: ways(table, self.keep) for label, table in tables.items()}
        best = frontier([(f"{label} {name}", tokens, right) for label, own in points.items() for name, tokens, right in own])
        return Findings(
            title=f"What tells right responses from wrong ones ({desk.task(subjects).name})",
            verdict=" ".join(_verdict(label, numbers) for label in tables),
            numbers=numbers,
            tables=(
                Sheet(
                    "Wrong less right, within problems that have both (words in a hundred words)",
                    ("model", "what", "right", "wrong", "difference", "problems"),
                    [(label, *row) for label, table in tables.items() for row in _differences(table)],
                ),
                Sheet("On the frontier of accuracy against tokens", ("way", "tokens a problem", "right"), [(n, t, number(r, "share")) for n, t, r in best]),
            ),
            charts=(
                Plot(
                    "Majority vote: accuracy against tokens a problem, in thousands",
                    [_curve(label, own) for label, own in points.items()],
                    "thousand tokens",
                    "share",
                ),
            ),
            shows_not=(
                "that shorter thinking makes answers right: within a problem length and being right are seen together, not set",
                "words as thoughts: lists of words are a crude sign, and a tiny model's traces may hold none of them",
                "problems that are always or never solved: they have no pairs and are left out of the differences",
            ),
        )


def within(values_PS: np.ndarray, right_PS: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The means over right and over wrong responses, `[Q]` each, of the Q problems that have both."""
    right = right_PS == 1
    both = right.any(axis=1) & ~right.all(axis=1)
    values, right = values_PS[both], right[both]
    return (values * right).sum(axis=1) / right.sum(axis=1), (values * ~right).sum(axis=1) / (~right).sum(axis=1)


def shortest_vote(votes: Sequence[Sequence[str | None]], tokens_PS: np.ndarray, keep: float) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy of the majority among each problem's shortest samples, `[P]`, and the tokens of drawing all side by side until so many have ended, `[P]`.

    ceil(keep S) samples vote; of equally long ones the earlier. A tie is worth the right answers' share of it.
    """
    count = math.ceil(keep * tokens_PS.shape[1] - 1e-9)
    order_PS = np.argsort(tokens_PS, axis=1, kind="stable")[:, :count]
    kept = [[own[i] for i in order] for own, order in zip(votes, order_PS, strict=True)]
    last_P = np.take_along_axis(tokens_PS, order_PS[:, -1:], axis=1)
    return majority_at_k(kept)[:, -1], np.minimum(tokens_PS, last_P).sum(axis=1)


def frontier(points: Sequence[Point]) -> list[Point]:
    """The points that no other point beats: none is as cheap and more accurate, or as accurate and cheaper. Cheapest first; of equal points the first."""
    found: list[Point] = []
    for point in sorted(points, key=lambda p: (p[1], -p[2])):
        if not found or point[2] > found[-1][2]:
            found.append(point)
    return found


def ways(table: Table, keep: float) -> list[Point]:
    """Every way of answering that the samples can replay: votes of k samples, and of the shortest."""
    tokens_PS = table.column(lambda row: row.tokens)
    each = float(tokens_PS.mean())
    right_K = majority_at_k(table.votes).mean(axis=0)
    short_P, cost_P = shortest_vote(table.votes, tokens_PS, keep)
    return [*((f"maj@{k + 1}", each * (k + 1), float(right)) for k, right in enumerate(right_K)), (_short(keep), float(cost_P.mean()), float(short_P.mean()))]


def _short(keep: float) -> str:
    return f"vote of the shortest {keep:.0%}"


def _features(table: Table) -> dict[str, np.ndarray]:
    counts = {name: np.array([rate(phrases, row.text) for row in table.rows]).reshape(-1, table.samples) for name, phrases in MARKERS.items()}
    return {"tokens": table.column(lambda row: row.tokens), **counts}


def _paired(table: Table) -> dict[str, tuple[float, float, Difference] | None]:
    """By feature: mean of right, mean of wrong, wrong less right; None where no problem has both kinds, or where none of the words occurs at all."""
    found: dict[str, tuple[float, float, Difference] | None] = {}
    for name, values_PS in _features(table).items():
        right_Q, wrong_Q = within(values_PS, table.right_PS)
        some = len(right_Q) > 0 and bool((values_PS != 0).any())
        found[name] = (
            (float(right_Q.mean()), float(wrong_Q.mean()), statistics.paired_difference(right_Q, wrong_Q, table.key.fold(name), shares=False)) if some else None
        )
    return found


def _numbers(table: Table, keep: float) -> dict[str, Number]:
    says = {"tokens": "tokens a response, within problems that have right and wrong ones"}
    words = "in a hundred words, within problems that have right and wrong responses; not known where no response holds such a word"
    found = {f"{name}, wrong less right": number(None if one is None else one[2], says=says.get(name, words)) for name, one in _paired(table).items()}
    tokens_PS = table.column(lambda row: row.tokens)
    short_P, _ = shortest_vote(table.votes, tokens_PS, keep)
    plain_PK = majority_at_k(table.votes)
    count = math.ceil(keep * table.samples - 1e-9)
    key = table.key.fold("votes")
    found["pass@1"] = number(statistics.share(table.right_PS.mean(axis=1)), "share", "one answer")
    found[f"maj@{table.samples}"] = number(statistics.share(plain_PK[:, -1]), "share", "vote of all samples")
    found["shortest vote"] = number(statistics.share(short_P), "share", f"vote of the shortest {count} of {table.samples}")
    found["shortest less all"] = number(statistics.paired_difference(plain_PK[:, -1], short_P, key.fold("all")), "points", "against the vote of all")
    few = statistics.paired_difference(plain_PK[:, count - 1], short_P, key.fold("few"))
    found["shortest less as many"] = number(few, "points", f"against the vote of any {count}")
    return found


def _differences(table: Table) -> list[tuple[str, float | None, float | None, Number, int]]:
    rows = []
    for name, one in _paired(table).items():
        right, wrong, difference = one if one is not None else (None, None, None)
        rows.append((name, right, wrong, number(difference), 0 if difference is None else difference.n))
    return rows


def _curve(label: str, points: Sequence[Point]) -> Series:
    votes = [point for point in points if point[0].startswith("maj@")]
    return Series(label, [tokens / 1000 for _, tokens, _ in votes], [right for _, _, right in votes])


def _verdict(label: str, numbers: dict[str, Number]) -> str:
    length, vote = numbers[f"{label} tokens, wrong less right"], numbers[f"{label} shortest less all"]
    if length.mean is None:
        return f"{label}: no problem has both right and wrong responses, so nothing can be compared."
    known = length.low is not None and length.high is not None and math.isfinite(length.low)
    told = "longer" if known and length.low > 0 else "shorter" if known and length.high < 0 else "no different in length that can be told"  # type: ignore[operator]
    words = [name for name in MARKERS if _apart(numbers[f"{label} {name}, wrong less right"])]
    absent = [name for name in MARKERS if numbers[f"{label} {name}, wrong less right"].mean is None]
    said = f" Words that differ: {', '.join(words)}." if words else "" if len(absent) == len(MARKERS) else " No kind of words differs."
    said += f" No response holds words of {', '.join(absent)}." if absent else ""
    compared = f"on {length.n} problems that have both, wrong responses against right ones: {told} ({length} tokens)"
    return f"{label}: {compared}.{said} Voting among the shortest: {vote}."


def _apart(value: Number) -> bool:
    return value.mean is not None and value.low is not None and value.high is not None and (value.low > 0 or value.high < 0)

"""Oat-Zero: words of self-reflection, whether they lead anywhere, and what longer responses are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from menolab.errors import check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.record import Row
from menolab.evaluation.rescore import problem_of
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Sheet, number
from menolab.studies.markers import REFLECTION, places
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.studies.tried import tried
from menolab.tasks.task import Task


@dataclass(frozen=True)
class OatZero(Study):
    """How many responses hold words of self-reflection, how many of those change a wrong answer into a right one, and why lengths differ between models.

    A response reflects to effect if the last answer before some word of reflection is wrong and the final one right; else, or where no answer stands before
    any such word, it does so superficially. The difference in mean length between neighbouring subjects (the states of a run, say) is divided exactly into
    what the changed shares of right and wrong responses account for and what responses of one kind account for, and again by reflecting and not (`split`).
    Source: Liu et al. 2025, "There May Not be Aha Moment in R1-Zero-like Training" and analysis/eval_self_reflect.py of sail-sg/oat-zero for the keywords.
    Beside keywords the authors ask a language model; that is left out. Their grid of temperatures is one call a --temperature.
    """

    catalogue = "oat-zero"
    paper = "https://oatllm.notion.site/oat-zero"

    samples: int = 8
    """Answers to each problem, where they have to be drawn."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 1)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        task = desk.task(subjects)
        tables = {
            subject.label: Table(result.rows, result.record.samples, desk.key.fold(subject.label))
            for subject, result in zip(subjects, desk.results(subjects, self.samples), strict=True)
        }
        looks = {label: _numbers(table, task) for label, table in tables.items()}
        labels = list(tables)
        return Findings(
            title=f"Self-reflection in words ({task.name})",
            verdict=" ".join(_verdict(label, found) for label, found in looks.items()),
            numbers={f"{label} {name}": value for label, found in looks.items() for name, value in found.items()},
            tables=(
                Sheet(
                    "What differences in mean length are made of (tokens)",
                    ("from", "to", "difference", "by", "changed shares", "within"),
                    [row for a, b in pairwise(labels) for row in _parts(a, b, tables[a], tables[b])],
                ),
            ),
            shows_not=(
                "reflection without these words; a language with few words (a tiny model's traces) reflects in none of them",
                "causes: shares and lengths are split as they are, whatever made them change",
            ),
        )


def effective(task: Task, row: Row) -> bool | None:
    """Whether a reflection of the response turned a wrong answer into the right final one; None where it holds no word of reflection."""
    said = places(REFLECTION, row.text)
    if not said:
        return None
    if row.label != "right":
        return False
    answers = tried(task, problem_of(row, task.name), row.text)
    last = [next((one for one in reversed(answers) if one.end <= at), None) for at in said]  # the answer that stands when the word comes
    return any(one is not None and one.label != "right" for one in last)


def split(share_a: float, share_b: float, with_a: float, with_b: float, without_a: float, without_b: float) -> tuple[float, float]:
    """The difference b - a of two means, divided into what the share of a kind accounts for, and what responses of one kind account for.

    mean = s with + (1 - s) without, and b - a = (s_b - s_a) ((with_a + with_b) - (without_a + without_b)) / 2
    + (with_b - with_a) (s_a + s_b) / 2 + (without_b - without_a) (1 - (s_a + s_b) / 2) exactly (Kitagawa 1955, J. Am. Stat. Assoc. 50:1168).
    A kind that one of them lacks is taken to be as long there as in the other; its mean is NaN.
    """
    with_a, with_b = (with_b if np.isnan(with_a) else with_a), (with_a if np.isnan(with_b) else with_b)
    without_a, without_b = (without_b if np.isnan(without_a) else without_a), (without_a if np.isnan(without_b) else without_b)
    middle = (share_a + share_b) / 2
    kinds = [((with_a + with_b) / 2, middle, with_b - with_a, 1), ((without_a + without_b) / 2, 1 - middle, without_b - without_a, -1)]
    known = [kind for kind in kinds if not np.isnan(kind[0])]  # a kind that neither has
    return sum((share_b - share_a) * sign * level for level, _, _, sign in known), sum(weight * change for _, weight, change, _ in known)


def _numbers(table: Table, task: Task) -> dict[str, Number]:
    found = [effective(task, row) for row in table.rows]
    said_PS = np.array([one is not None for one in found], dtype=np.float64).reshape(-1, table.samples)
    good_P = np.array([one is True for one in found], dtype=np.float64).reshape(-1, table.samples).sum(axis=1)
    key = table.key
    right_PS, other_PS = table.right_PS, 1 - said_PS
    return {
        "reflecting": number(statistics.share(said_PS.mean(axis=1)), "share", "of responses hold a word of self-reflection"),
        "effective": number(statistics.ratio(good_P, said_PS.sum(axis=1), key.fold("effective")), "share", "of those, a wrong answer before it ends right"),
        "right, reflecting": number(statistics.ratio((said_PS * right_PS).sum(axis=1), said_PS.sum(axis=1), key.fold("with")), "share", "of reflecting ones"),
        "right, others": number(statistics.ratio((other_PS * right_PS).sum(axis=1), other_PS.sum(axis=1), key.fold("rest")), "share", "of the others"),
    }


def _parts(a: str, b: str, of_a: Table, of_b: Table) -> list[tuple[str, str, float, str, float, float]]:
    """The difference in mean length split twice."""
    rows = []
    for by, kind in (("right and wrong", _is_right), ("reflecting and not", _reflects)):
        (share_a, with_a, without_a), (share_b, with_b, without_b) = _lengths(of_a, kind(of_a)), _lengths(of_b, kind(of_b))
        mix, within = split(share_a, share_b, with_a, with_b, without_a, without_b)
        rows.append((a, b, mix + within, by, mix, within))
    return rows


def _is_right(table: Table) -> np.ndarray:
    return table.right_PS


def _reflects(table: Table) -> np.ndarray:
    return table.column(lambda row: bool(places(REFLECTION, row.text)))


def _lengths(table: Table, kind_PS: np.ndarray) -> tuple[float, float, float]:
    """The share of a kind, and the mean tokens with and without it (NaN for none)."""
    tokens_PS = table.column(lambda row: row.tokens)
    means = [float(tokens_PS[kind_PS == value].mean()) if (kind_PS == value).any() else float("nan") for value in (1, 0)]
    return float(kind_PS.mean()), means[0], means[1]


def _verdict(label: str, found: dict[str, Number]) -> str:
    if not found["reflecting"].mean:
        return f"{label}: no response holds a word of self-reflection ({found['reflecting']})."
    return (
        f"{label}: {found['reflecting']} of responses reflect in words, {found['effective']} of those to effect; right are "
        f"{found['right, reflecting']} of them and {found['right, others']} of the others."
    )

"""First Try Matters: does what follows the first answer change it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from menolab.errors import check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Table, over_problems
from menolab.evaluation.metrics.self_correction import transitions
from menolab.evaluation.record import Result, Row
from menolab.evaluation.rescore import problem_of
from menolab.evaluation.statistics import Difference, Estimate
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.studies.tried import Try, tried
from menolab.tasks.task import Task

KINDS = ("T->T", "F->F same", "F->F different", "F->T", "T->F")
"""What a reflection does: right stays right, wrong stays the same or becomes another wrong one, wrong becomes right, right becomes wrong."""
CONFIRMING = ("T->T", "F->F same")


@dataclass(frozen=True)
class FirstTryMatters(Study):
    """Where in a response the first and the first right answer stand, whether reflections change answers, and what stopping early costs.

    All answers of a response are taken with their places (`tried`); what lies between two of them is a reflection. Of each kind the share of all
    reflections is given; icr and cir are of the first against the final answer. Stopping after the k-th answer is replayed on the stored text: its verdict
    in place of the final one, and the share of the characters up to it in place of the tokens.
    Source: Kang et al. 2025 (arXiv:2510.08308): candidate answers, reflections between them and their kinds. The authors find candidates with a language
    model; here they are read by rules, so answers that are only hinted at are missed. Their learnt detector and controller for stopping are left out.
    """

    catalogue = "first-try-matters"
    paper = "arXiv:2510.08308"

    samples: int = 8
    """Answers to each problem, where they have to be drawn."""
    stops: int = 4
    """Stopping after the 1st .. this many-th answer is replayed."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 1)
        check_range("stops", self.stops, 1)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        task = desk.task(subjects)
        looks = {
            subject.label: look(answers_of(result, task), Table(result.rows, result.record.samples, desk.key.fold(subject.label)), self.stops)
            for subject, result in zip(subjects, desk.results(subjects, self.samples), strict=True)
        }
        return Findings(
            title=f"Does what follows the first answer change it? ({task.name})",
            verdict=" ".join(_verdict(label, found) for label, found in looks.items()),
            numbers={f"{label} {name}": value for label, found in looks.items() for name, value in found.numbers.items()},
            tables=(
                Sheet("Reflections by what they do (shares of all reflections)", ("model", *KINDS, "reflections"), [_kinds(*one) for one in looks.items()]),
                Sheet(
                    "Stopping after the k-th answer",
                    ("model", "k", "right", "against reading on", "tokens, share of all"),
                    [(label, stop.k, stop.right, stop.change, stop.tokens) for label, found in looks.items() for stop in found.stops],
                ),
            ),
            charts=(
                Plot("Right when stopped after the k-th answer", [_line(label, found.stops) for label, found in looks.items()], "k", "share"),
            ),
            shows_not=(
                "that reflection is useless in training: models that were taught without it may find worse first answers",
                "answers that the model had in mind and did not write; candidates are read by rules",
                "exact tokens: a place in the text is taken as the same share of the tokens",
            ),
        )


@dataclass(frozen=True)
class Stop:
    """What stopping after the k-th answer would have given."""

    k: int
    right: Number
    change: Number
    """Right when stopped less right when read to the end, in points."""
    tokens: Number


@dataclass(frozen=True)
class Look:
    """What the responses of one model show."""

    numbers: dict[str, Number]
    kinds: dict[str, Estimate | None]
    reflections: int
    stops: tuple[Stop, ...]


def answers_of(result: Result, task: Task) -> list[tuple[Try, ...]]:
    """The answers that every sample tries, in the order of the rows."""
    return [tried(task, problem_of(row, task.name), row.text) for row in result.rows]


def reflections(tries: Sequence[Try]) -> Counter[str]:
    """How many of the reflections of a response are of each kind. Undecided answers count as wrong, as they do in a score."""
    return Counter(kind(before, after) for before, after in pairwise(tries))


def kind(before: Try, after: Try) -> str:
    """One of `KINDS`."""
    was, now = before.label == "right", after.label == "right"
    if was:
        return "T->T" if now else "T->F"
    if now:
        return "F->T"
    return "F->F same" if before.vote == after.vote else "F->F different"


def stopped(row: Row, tries: Sequence[Try], k: int) -> tuple[bool, float]:
    """Whether a response is right when it is cut after its k-th answer, and the share of its tokens that it then takes.

    One that has fewer answers, or no text, is read to its end.
    """
    if len(tries) < k or not row.text:
        return row.label == "right", 1.0
    return tries[k - 1].label == "right", tries[k - 1].end / len(row.text)


def look(answers: Sequence[Sequence[Try]], table: Table, stops: int) -> Look:
    """The numbers of one model. `answers` are in the order of the table's rows."""
    key = table.key
    counts = [reflections(tries) for tries in answers]
    all_P = _sums(table, [float(sum(count.values())) for count in counts])
    kinds = {name: statistics.ratio(_sums(table, [float(count[name]) for count in counts]), all_P, key.fold(name)) for name in KINDS}
    confirming = statistics.ratio(_sums(table, [float(sum(count[name] for name in CONFIRMING)) for count in counts]), all_P, key.fold("confirming"))
    first_PS = _table(table, [None if not tries else tries[0].label == "right" for tries in answers])
    changes = transitions(first_PS, table.right_PS, key.fold("change"))
    place_PS = _table(table, [tries[0].end / len(row.text) if tries else None for tries, row in zip(answers, table.rows, strict=True)])
    right_PS = _table(table, [_first_right(tries, row) for tries, row in zip(answers, table.rows, strict=True)])
    tokens_PS = table.column(lambda row: row.tokens)
    after_PS = np.where(np.isnan(right_PS), 0.0, 1 - np.nan_to_num(right_PS)) * tokens_PS
    reached_P = np.where(np.isnan(right_PS), 0.0, tokens_PS).sum(axis=1)
    found = {
        "first right": number(changes["first_right"], "share", "of responses with an answer, the first one is right"),
        "final right": number(changes["final_right"], "share", "of the same responses, the final answer is right"),
        "icr": number(changes["icr"], "share", "wrong at first, right in the end"),
        "cir": number(changes["cir"], "share", "right at first, wrong in the end"),
        "answers": number(over_problems(_table(table, [len(tries) for tries in answers]), statistics.mean), "number", "answers tried in a response"),
        "confirming": number(confirming, "share", "of reflections, those that repeat the answer: right stays right, or the same wrong one"),
        "first answer at": number(over_problems(place_PS, statistics.share), "share", "of the response, up to the end of its first answer"),
        "first right answer at": number(over_problems(right_PS, statistics.share), "share", "of the response, up to its first right answer, where it has one"),
        "after the first right": number(
            statistics.ratio(after_PS.sum(axis=1), reached_P, key.fold("after")), "share", "of the tokens of responses with a right answer, those after it"
        ),
    }
    return Look(found, kinds, int(all_P.sum()), tuple(_stop(answers, table, k) for k in range(1, stops + 1)))


def _stop(answers: Sequence[Sequence[Try]], table: Table, k: int) -> Stop:
    cut = [stopped(row, tries, k) for row, tries in zip(table.rows, answers, strict=True)]
    right_PS = _table(table, [right for right, _ in cut])
    tokens_PS = table.column(lambda row: row.tokens)
    spent_PS = _table(table, [share for _, share in cut]) * tokens_PS
    key = table.key.fold("stop", k)
    change: Difference = statistics.paired_difference(table.right_PS.mean(axis=1), right_PS.mean(axis=1), key)
    tokens = statistics.ratio(spent_PS.sum(axis=1), tokens_PS.sum(axis=1), key.fold("tokens"))
    return Stop(k, number(statistics.share(right_PS.mean(axis=1)), "share"), number(change, "points"), number(tokens, "share"))


def _first_right(tries: Sequence[Try], row: Row) -> float | None:
    return next((one.end / len(row.text) for one in tries if one.label == "right"), None)


def _table(table: Table, values: Sequence[float | None]) -> np.ndarray:
    return np.array(values, dtype=np.float64).reshape(-1, table.samples)


def _sums(table: Table, values: Sequence[float]) -> np.ndarray:
    return _table(table, values).sum(axis=1)


def _kinds(label: str, found: Look) -> tuple[str | int | Number, ...]:
    return (label, *(number(found.kinds[name], "share") for name in KINDS), found.reflections)


def _line(label: str, stops: Sequence[Stop]) -> Series:
    known = [(stop.right.mean, stop.right.low or 0.0, stop.right.high or 0.0) for stop in stops]
    return Series(label, [float(stop.k) for stop in stops], [mean for mean, _, _ in known], [low for _, low, _ in known], [high for _, _, high in known])


def _verdict(label: str, found: Look) -> str:
    n, stop = found.numbers, found.stops[0]
    if not found.reflections:
        return f"{label}: no response tries more than one answer, so there is no reflection to look at (first answers right: {n['first right']})."
    return (
        f"{label}: {n['confirming']} of {found.reflections} reflections repeat the answer; a wrong first answer ends right in {n['icr']}, a right one wrong in "
        f"{n['cir']}. Stopping after the first answer takes {stop.tokens} of the tokens and changes pass@1 by {stop.change}."
    )

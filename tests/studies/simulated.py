"""Models that are numbers: samples with given chances, as stored results."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from menolab.engines.decoding import Decoding
from menolab.evaluation.record import Record, Result, Row
from menolab.pieces import to_data
from menolab.studies.subject import Subject
from menolab.tasks.countdown import Countdown
from menolab.tasks.task import Task

TASK = Countdown()


def row(problem: int, sample: int, right: bool, text: str = "<think></think><answer>1</answer>") -> Row:
    """A sample that is right or wrong."""
    label = "right" if right else "wrong"
    asked = (f"1 2 {problem} = 1", sample, f"prompt {problem}", "1", 0.0, "{}")
    return Row(*asked, text, "stop", 5, 1, None, 0.5, label, float(right), "compare", "", "1", f"{label}:1")


def result(right_PS: np.ndarray, *, model: str = "m", text: Callable[[int, int], str] | None = None, task: Task = TASK) -> Result:
    """The result whose samples are right where the table says."""
    right_PS = np.asarray(right_PS)
    write = text or (lambda p, s: "<think></think><answer>1</answer>")
    rows = tuple(row(p, s, bool(r), write(p, s)) for p, line in enumerate(right_PS) for s, r in enumerate(line))
    P, S = right_PS.shape
    record = Record(
        task.name, P, S, {}, {}, {}, model, "none", "none", to_data(Decoding()), to_data(task), "v", (0,), "h", "h", {}, {},
    )  # fmt: skip
    return Result(record, rows)


def subjects(*tables: np.ndarray, labels: Sequence[str] = ("before", "after"), **given) -> list[Subject]:
    """Subjects of whom only samples are known."""
    return [Subject(label, {given.get("task", TASK).name: result(t, model=label, **given)}) for label, t in zip(labels, tables, strict=True)]


def bernoulli(chances_P: np.ndarray, samples: int, seed: int) -> np.ndarray:
    """Samples `[P, S]` with each problem's own chance."""
    return np.random.default_rng(seed).random((len(chances_P), samples)) < np.asarray(chances_P)[:, None]

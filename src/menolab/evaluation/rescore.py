"""Judging samples again, and putting shards together, without drawing anything anew."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Sequence
from itertools import groupby

from menolab.errors import BadInput
from menolab.evaluation.evaluate import STANDARD, asks_first, judged, measured
from menolab.evaluation.metrics.metric import Metric
from menolab.evaluation.record import Result, Row
from menolab.records import Problem
from menolab.tasks.task import Task


def problem_of(row: Row, task: str) -> Problem:
    """The problem that a sample answers, as the verifier knew it."""
    return Problem(row.problem, task, row.prompt, row.gold, row.difficulty, json.loads(row.facts))


def rescore(result: Result, task: Task, metrics: Sequence[Metric] = STANDARD, progress: Callable[[int, int], None] | None = None) -> Result:
    """The same samples under the verdicts of `task` as it is now.

    Raises:
        BadInput: the samples are of another task, or were stored without what its verifier needs.
    """
    if result.record.task != task.name:
        raise BadInput("task", task.name, f"the samples are of {result.record.task}; judge them with the task they answer")
    began = time.perf_counter()
    rows, first = [], asks_first(metrics)
    for _, same in groupby(result.rows, key=lambda row: (row.problem, row.prompt, row.gold, row.difficulty, row.facts)):
        problem = None
        for row in same:
            problem = problem or problem_of(row, task.name)
            rows.append(judged(row, task, problem, first=first))
            if progress is not None and len(rows) % 100 == 0:
                progress(len(rows), len(result.rows))
    seconds = time.perf_counter() - began
    record = measured(dataclasses.replace(result, rows=tuple(rows)), task, metrics).record
    changed = sum(a.label != b.label for a, b in zip(result.rows, rows, strict=True))
    note = f"judged again: {changed} of {len(rows)} verdicts changed; first judged by {result.record.verifier}"
    spent = {**record.seconds, "verify": seconds}
    return Result(dataclasses.replace(record, seconds=spent, warnings=(*record.warnings, note)), tuple(rows))


def merge(shards: Sequence[Result], task: Task, metrics: Sequence[Metric] = STANDARD) -> Result:
    """One result from shards of one evaluation, in the order of the shards' problems.

    Raises:
        BadInput: shards that differ in anything but their problems, or that share a problem.
    """
    first = shards[0].record
    for other in (shard.record for shard in shards[1:]):
        for name in ("task", "model", "samples", "decoding", "verifier", "key", "dtype", "reference"):
            if getattr(first, name) != getattr(other, name):
                raise BadInput(name, [getattr(first, name), getattr(other, name)], "shards of one evaluation differ in their problems only")
    rows = [row for shard in shards for row in shard.rows]
    ids = [row.problem for row in rows[:: first.samples]]
    if len(set(ids)) < len(ids):
        raise BadInput("problems", next(i for i in ids if ids.count(i) > 1), "is in two shards; give each shard once")
    totals = {
        field: {name: sum(getattr(shard.record, field)[name] for shard in shards) for name in getattr(first, field)} for field in ("tokens", "seconds")
    }
    return measured(Result(dataclasses.replace(first, **totals), tuple(rows)), task, metrics)

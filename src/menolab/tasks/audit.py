"""Can a task's golds be trusted? Every one against itself, and what else is wrong with the problems."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from menolab.keys import Key
from menolab.records import Problem
from menolab.tasks.published import PublishedFile
from menolab.tasks.task import Task, verify
from menolab.verifiers.extract import response
from menolab.verifiers.verifier import Verifier

Placed = tuple[str, Problem]
"""Where a problem stands, and the problem."""

_TYPESETTING = re.compile(r"\s+|\$|\\(?:left|right|quad|[,;!: ])|[.?]$")


def audit_task(task: Task, count: int, key: Key, progress: Callable[[int, int], None] = lambda done, total: None) -> dict[str, Any]:
    """What is found, as data for programs: counts, and the rows behind each count.

    golds: each gold, given as the answer of a response, is judged; programs are run. "none" are problems that have no gold (constraints on form).
    unreadable: golds that the verifier can compare with nothing but themselves. ambiguous: golds of which the file or its rows say different things.
    duplicates: rows with the id of an earlier one. near_duplicates: different ids whose prompts differ in case, spacing or typesetting only.

    Args:
        task: what is audited.
        count: how many problems of an endless task are drawn; a file is audited whole.
        key: seeds the draws.
        progress: told how many golds are done.
    """
    start = time.perf_counter()
    placed = _placed(task, count, key)
    first: dict[str, Placed] = {}
    for where, problem in placed:
        first.setdefault(problem.id, (where, problem))
    golds, failures = _golds(task, list(first.values()), progress)
    return {
        "task": task.name,
        "rows": len(placed),
        "problems": len(first),
        "golds": golds,
        "failures": failures,
        "unreadable": [{"where": where, "id": p.id, "gold": p.answer} for where, p in first.values() if not _readable(task, p)],
        "ambiguous": list(_ambiguous(task, placed, first)),
        "duplicates": [{"where": where, "id": p.id, "first": first[p.id][0]} for where, p in placed if first[p.id][1] is not p],
        "near_duplicates": list(_near(list(first.values()))),
        "empty_prompts": [{"where": where, "id": p.id} for where, p in placed if not p.prompt.strip()],
        "seconds": time.perf_counter() - start,
    }


def _placed(task: Task, count: int, key: Key) -> Sequence[Placed]:
    if isinstance(task, PublishedFile):
        return task.located()
    listed = task.listed()
    if listed is not None:
        return [(f"problem {number}", problem) for number, problem in enumerate(listed, 1)]
    return [(f"draw {number}", task(key.fold(number))) for number in range(count)]


def _golds(task: Task, placed: Sequence[Placed], progress: Callable[[int, int], None]) -> tuple[dict[str, int], list[dict[str, str]]]:
    counts, failures = {"right": 0, "wrong": 0, "undecided": 0, "none": 0}, []
    for done, (where, problem) in enumerate(placed):
        progress(done, len(placed))
        if not problem.answer:
            counts["none"] += 1
            continue
        verdict = verify(task, problem, response("", problem.answer))
        counts[verdict.label] += 1
        if not verdict.right:
            row = {"where": where, "id": problem.id, "gold": problem.answer}
            failures.append({**row, "verdict": verdict.label, "reason": f"{verdict.stage}: {verdict.reason}"})
    return counts, failures


def _readable(task: Task, problem: Problem) -> bool:
    verifier = getattr(task, "verifier", None)
    return not problem.answer or not isinstance(verifier, Verifier) or verifier.readable(problem.answer)


def _ambiguous(task: Task, placed: Sequence[Placed], first: dict[str, Placed]) -> Iterable[dict[str, str]]:
    for where, problem in placed:
        earlier, known = first[problem.id]
        if known.answer != problem.answer and not verify(task, known, response("", problem.answer)).right:
            yield {"where": where, "id": problem.id, "gold": problem.answer, "reason": f"{earlier} has the gold {known.answer}"}
        elif "ambiguous" in problem.facts:
            yield {"where": where, "id": problem.id, "gold": problem.answer, "reason": str(problem.facts["ambiguous"])}


def _near(placed: Sequence[Placed]) -> Iterable[dict[str, str]]:
    seen: dict[str, Placed] = {}
    for where, problem in placed:
        earlier, known = seen.setdefault(_TYPESETTING.sub("", problem.prompt.strip()).casefold(), (where, problem))
        if known is not problem:
            yield {"where": where, "id": problem.id, "first": earlier}

"""Many verdicts at a time, in processes that are killed when they take too long."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from menolab.errors import check_range
from menolab.pieces import from_data, to_data
from menolab.records import Problem, Verdict, undecided
from menolab.verifiers.child import Child, NoAnswer
from menolab.verifiers.verifier import Verifier

LOST = ("timeout", "crash")
"""Stages of the verdicts that were not given: the process was killed, or ended by itself."""


@dataclass(frozen=True)
class Job:
    """One response to verify."""

    verifier: Verifier
    problem: Problem
    text: str


def verify_all(jobs: Sequence[Job], workers: int = 1, seconds: float = 60.0) -> Iterator[Verdict]:
    """The verdicts on `jobs`, in their order, from `workers` processes.

    A verdict that takes longer than `seconds` costs its process its life, and so does one that crashes it; both are undecided, at stage "timeout" or
    "crash", and the other jobs go on. Processes are started afresh, never forked, so threads and held locks of the caller do no harm.

    Raises:
        BadInput: fewer than one worker, or no time.
    """
    check_range("workers", workers, 1, 1024)
    check_range("seconds", seconds, 0.0, 86_400, open_low=True)
    return _verify_all(jobs, workers, seconds)


def _verify_all(jobs: Sequence[Job], workers: int, seconds: float) -> Iterator[Verdict]:
    children = [Child(f"{__name__}:answer") for _ in range(min(workers, len(jobs)))]
    idle: queue.SimpleQueue[Child] = queue.SimpleQueue()
    for child in children:
        idle.put(child)

    def verify(job: Job) -> Verdict:
        child = idle.get()
        try:
            question = {"module": type(job.verifier).__module__, "verifier": to_data(job.verifier), "problem": dataclasses.asdict(job.problem)}
            return Verdict(**child.ask({**question, "text": job.text}, seconds))
        except NoAnswer as error:
            return undecided(error.stage, str(error))
        finally:
            idle.put(child)

    pool = ThreadPoolExecutor(max(1, len(children)))
    try:
        yield from pool.map(verify, jobs)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.stop()


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The verdict on one job, as data: what a process of `verify_all` carries out."""
    verdict = _verifier(question["module"], json.dumps(question["verifier"]))(Problem(**question["problem"]), question["text"])
    return dataclasses.asdict(verdict)


@functools.lru_cache(maxsize=256)
def _verifier(module: str, data: str) -> Verifier:
    importlib.import_module(module)  # a verifier of the user's own is loaded only once its module is there
    return from_data(json.loads(data))

"""Many verdicts at a time."""

from __future__ import annotations

import os
import time

import pytest

from child_functions import Trouble
from conftest import REPOSITORY
from menolab.errors import BadInput
from menolab.records import Problem
from menolab.verifiers.batch import Job, verify_all
from menolab.verifiers.exact import Exact


def jobs(*texts: str) -> list[Job]:
    return [Job(Trouble("fine"), Problem(str(n), "t", "", "", facts={"what": n}), text) for n, text in enumerate(texts)]


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "tests"))


def test_the_same_verdicts_in_order() -> None:
    problems = [Problem(str(n), "t", "", str(n % 3), facts={"choices": [1, None]}) for n in range(30)]
    texts = [f"<answer>{n % 4}\ud800</answer>" if n == 7 else f"<answer>{n % 4}</answer>" for n in range(30)]
    work = [Job(Exact(case=n % 2 == 0), problem, texts[n]) for n, problem in enumerate(problems)]
    for workers in (1, 3):
        assert list(verify_all(work, workers)) == [job.verifier(job.problem, job.text) for job in work]
    assert list(verify_all([], 2)) == []


def test_hangs_and_crashes_are_undecided_and_the_rest_goes_on() -> None:
    found = list(verify_all(jobs("echo", "hang", "die", "raise", "echo", "hang", "echo"), 2, seconds=1.0))
    assert [(v.label, v.stage) for v in found] == [
        ("right", "said"), ("undecided", "timeout"), ("undecided", "crash"), ("undecided", "crash"), ("right", "said"), ("undecided", "timeout"),
        ("right", "said"),
    ]  # fmt: skip
    assert found[-1].extracted == "6" and "ZeroDivisionError" in found[3].reason


def test_leaving_early_stops_the_processes() -> None:
    start = time.perf_counter()
    found = verify_all(jobs("pid", "hang", "hang", "hang"), 2, seconds=60.0)
    pid = int(str(next(found).extracted))
    found.close()  # type: ignore[attr-defined]
    assert time.perf_counter() - start < 30
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_bad_words() -> None:
    with pytest.raises(BadInput, match="workers"):
        verify_all([], 0)
    with pytest.raises(BadInput, match="seconds"):
        verify_all([], 1, seconds=0.0)

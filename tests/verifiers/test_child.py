"""A process that can be killed."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import REPOSITORY
from menolab.verifiers.child import Child, NoAnswer


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "tests"))
    child = Child("child_functions:act", "decimal", "no_such_library")
    yield child
    child.stop()


def test_answers_and_faults(child: Child) -> None:
    assert child.ask({"do": "echo", "what": [1, "\ud800", None]}, 30) == [1, "\ud800", None]
    with pytest.raises(NoAnswer, match="ZeroDivisionError") as caught:
        child.ask({"do": "raise"}, 30)
    assert caught.value.stage == "crash"
    assert child.ask({"do": "print"}, 30) == "printed", "what it prints is no answer"
    first = child.ask({"do": "pid"}, 30)
    assert first != os.getpid() and first == child.ask({"do": "pid"}, 30), "one process for many questions"


def test_killed_over_a_hang_and_started_again(child: Child) -> None:
    first = child.ask({"do": "pid"}, 30)
    start = time.perf_counter()
    with pytest.raises(NoAnswer, match=r"longer than 0\.3 s") as caught:
        child.ask({"do": "hang"}, 0.3)
    assert caught.value.stage == "timeout" and time.perf_counter() - start < 10
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert child.ask({"do": "echo", "what": 2}, 30) == 2


def test_a_crash_is_told(child: Child) -> None:
    with pytest.raises(NoAnswer, match="signal 11") as caught:
        child.ask({"do": "die"}, 30)
    assert caught.value.stage == "crash"
    assert child.ask({"do": "echo", "what": "x" * 3_000_000}, 30) == "x" * 3_000_000, "larger than a pipe holds"


def test_threads_take_turns(child: Child) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: child.ask({"do": "echo", "what": n}, 30), range(50))) == list(range(50))


def test_what_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoAnswer, match="status 1"):
        Child("menolab.verifiers.child:no_such_function").ask(1, 30)

"""What others take of the machine, and what they leave."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from menolab import load
from menolab.load import FreeProcessors, Moment, others


def test_others_is_what_this_process_did_not_use() -> None:
    begin = Moment(wall=10.0, busy=100.0, own=5.0)
    assert others(begin, Moment(12.0, 104.0, 7.0)) == pytest.approx(1.0, abs=0.02)  # 4 s busy, 2 s our own, in 2 s
    assert others(begin, Moment(12.0, 102.01, 7.0)) == 0.0  # less than the counter can tell
    assert others(begin, Moment(12.0, 101.0, 7.0)) == 0.0


def test_proc_stat_is_read_without_idle_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 20 30 9999 8888 4 5 6 0 0\ncpu0 1 2 3\n")
    monkeypatch.setattr(load, "STAT", stat)
    monkeypatch.setattr(load.os, "sysconf", lambda name: 100)
    assert Moment.now().busy == pytest.approx(1.65)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Four processors and three clocks that are set by hand."""
    clocks = {"wall": 0.0, "busy": 0.0, "own": 0.0}
    monkeypatch.setattr(load.os, "cpu_count", lambda: 4)
    monkeypatch.setattr(load.os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(load.time, "perf_counter", lambda: clocks["wall"])
    monkeypatch.setattr(load.time, "process_time", lambda: clocks["own"])
    monkeypatch.setattr(load, "_busy", lambda: clocks["busy"])
    return clocks


@pytest.mark.parametrize(
    ("seconds", "busy", "own", "most", "free"),
    [
        (2.0, 1.0, 1.0, 4, 4),  # only this process works
        (2.0, 3.0, 1.0, 4, 3),  # another takes one processor
        (2.0, 3.4, 1.0, 4, 3),  # one and a fifth: what is left of the second counts as free
        (2.0, 4.0, 1.0, 4, 2),
        (2.0, 9.0, 1.0, 4, 1),  # more than there are: never none
        (2.0, 1.0, 1.0, 2, 2),  # no more than asked for
        (2.0, math.nan, 1.0, 4, 1),
    ],
)
def test_free_processors(machine: dict[str, float], seconds: float, busy: float, own: float, most: int, free: int) -> None:
    count = FreeProcessors(most)
    machine.update(wall=0.9)
    assert count() == 1, "nothing is known yet"
    machine.update(wall=seconds, busy=busy, own=own)
    assert count() == free
    machine.update(wall=seconds + 0.9)
    assert count() == free, "looks once a second"


def test_free_processors_are_those_that_this_process_may_use(machine: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load.os, "sched_getaffinity", lambda pid: {2}, raising=False)
    count = FreeProcessors(4)
    machine.update(wall=2.0)
    assert count() == 1

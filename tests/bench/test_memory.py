"""Peak memory of this program, not of what started it."""

from __future__ import annotations

import resource

import pytest

from menolab.bench import memory
from menolab.bench.memory import forget_peak, peak_device, peak_rss, rss

SIZE = 64 * 2**20


def test_the_peak_stays_when_memory_goes_and_can_be_forgotten() -> None:
    if not memory.STATUS.exists():
        pytest.skip("no /proc/self/status on this system")
    forget_peak()
    before = rss()
    held = bytearray(SIZE)
    held[:: 4096] = b"x" * len(held[:: 4096])
    assert rss() - before > 0.9 * SIZE
    del held
    assert peak_rss() - before > 0.9 * SIZE > rss() - before
    forget_peak()
    assert peak_rss() - before < 0.5 * SIZE


def test_without_proc_the_process_total_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(memory, "STATUS", tmp_path / "none")
    assert peak_rss() == rss() == resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if memory.sys.platform == "darwin" else 1024)


def test_a_cpu_has_no_device_memory() -> None:
    assert peak_device("cpu") == 0

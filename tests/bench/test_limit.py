"""Rates, bandwidth, and the fraction of both that a phase reaches."""

from __future__ import annotations

import time
from typing import Any

import pytest

from menolab.bench import child, limit
from menolab.bench.limit import Machine, machine, phases, products, seconds_of
from menolab.bench.work import micro_batches, sampling, updating
from menolab.bench.workload import Workload

TINY = Workload(prompts=2, group=2, max_tokens=4, device="cpu", threads=1)


def test_seconds_of_one_call() -> None:
    calls = []
    found = seconds_of(lambda: calls.append(time.sleep(0.002)), "cpu", enough=0.006, rounds=2)
    assert 0.002 <= found < 0.05 and len(calls) >= 3


def test_the_machine() -> None:
    found = machine(TINY, side=64, size=2**20)
    assert min(found.float32, found.bfloat16, found.copy, found.triad) > 1e6 and found.threads == 1


def test_every_product_forward_and_backward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "seconds_of", lambda run, device: run() is None or 2.0)
    rows = products(TINY)
    assert [row["product"] for row in rows] == ["query-key-value", "attention out", "gate-up", "down", "head"]
    tokens = 2 * 24 + 4 * 3
    for row in rows:
        assert row["update_rows"] == tokens
        for dtype in ("float32", "bfloat16"):
            assert row[dtype]["decode"] == 256 * row["out"] * row["in"]  # 2 operations each, in the 2 seconds that were told
            assert row[dtype]["forward"] == row[dtype]["to_input"] == row[dtype]["to_weight"] == tokens * row["out"] * row["in"]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_fraction_reached(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work, lengths = Workload(**{**TINY.data, "dtype": dtype}), [4, 1, 2, 3]
    row = {"seconds": 2.0, "others": 0.0, "sample": 1.0, "verify": 0.1, "update": 0.5, "tokens": 20.0}  # twice the tokens of the last step
    facts: dict[str, Any] = {"rows": [row], "lengths": lengths, "threads": 1}
    monkeypatch.setattr(child, "call", lambda name, **given: facts)
    best = Machine(float32=1e6, bfloat16=4e6, copy=1e5, triad=2e5, threads=1)
    found = phases(work, best, 1)
    rate = 1e6 if dtype == "float32" else 4e6
    for phase, cost, seconds in (("sample", sampling(work, lengths), 1.0), ("update", updating(work, lengths, micro_batches(work, lengths)), 0.5)):
        ideal = 2 * (cost.flops / rate + cost.bytes / 2e5)
        assert found[phase]["ideal"] == pytest.approx(ideal) and found[phase]["fraction"] == pytest.approx(ideal / seconds)

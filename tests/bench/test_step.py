"""A step of the product, a step of the peer, and what is made of their numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from menolab.bench import child, step
from menolab.bench.step import LAPS, WARMUP, compare, missing, ours, peer, summary
from menolab.bench.workload import Workload

TINY = Workload(prompts=2, group=4, max_tokens=8, device="cpu", threads=1)


@pytest.mark.parametrize("lengths", ["ragged", "fixed"])
def test_our_steps_are_those_of_a_run(lengths: str) -> None:
    work = {**TINY.data, "lengths": lengths}
    found = ours(work, steps=2)
    assert len(found["rows"]) == 2 and found["threads"] == torch.get_num_threads() == 1
    for row in found["rows"]:
        assert all(row[name] > 0 for name in LAPS) and sum(row[name] for name in LAPS) < row["seconds"]
    assert len(found["lengths"]) == 8
    if lengths == "fixed":
        assert found["lengths"] == [8] * 8 and [row["tokens"] for row in found["rows"]] == [64, 64]
    assert found["skipped"] == 0.0 and found["peak_rss_bytes"] > 10**7


def test_dead_groups_are_skipped() -> None:
    assert ours({**TINY.data, "reward": "right"}, steps=1)["skipped"] == 1.0


def test_the_peers_steps() -> None:
    pytest.importorskip("trl", reason="the peer is an optional extra: menolab[bench]")
    found = peer({**TINY.data, "lengths": "fixed"}, steps=1)
    (row,) = found["rows"]
    assert row["tokens"] == 64 and row["sample"] > 0 and row["update"] > 0 and row["verify"] > 0
    assert row["sample"] + row["verify"] + row["update"] == pytest.approx(row["seconds"])
    assert found["threads"] == 1 and "trl" in found["versions"]


def rows(*seconds: float, others: float = 0.0) -> list[dict[str, float]]:
    return [{"seconds": s, "others": others, "sample": s / 2, "verify": s / 8, "update": s / 4, "tokens": 100.0} for s in seconds]


def test_disturbed_steps_are_left_out() -> None:
    found = summary(rows(1.0, 1.0, 3.0) + rows(50.0, others=0.9))
    assert found["seconds_per_step"] == 1.0 and found["counted"] == 3 and found["others"] == 0.0
    assert found["sample"] == 0.5 and found["other"] == pytest.approx(0.125)
    assert found["tokens_per_second"] == pytest.approx(300 / 5)


def test_where_most_were_disturbed_all_count_and_it_shows() -> None:
    found = summary(rows(1.0) + rows(2.0, 4.0, others=0.9))
    assert found["seconds_per_step"] == 2.0 and found["counted"] == 3 and found["others"] == 0.9


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Measurements without measuring: the peer takes three times as long, and learning from all twice as long as skipping."""
    asked: list[tuple[str, str]] = []

    def call(name: str, work: dict[str, Any], steps: int) -> dict[str, Any]:
        asked.append((name, work["reward"]))
        own = {"rows": rows(*[2.0 if work["reward"] == "digits" else 1.0] * steps), "skipped": 0.0, "lengths": [1], "threads": 1}
        facts = {"rows": rows(*[6.0] * steps), "threads": 2, "versions": {"trl": "1"}} if name == "step:peer" else own
        return facts | {"peak_rss_bytes": 100 + len(asked), "peak_device_bytes": 0}

    monkeypatch.setattr(child, "call", call)
    monkeypatch.setattr(step, "missing", lambda: "")
    return asked


def test_compare(fake: list[tuple[str, str]]) -> None:
    row = compare(TINY, repeats=2, steps=3)
    assert [name for name, _ in fake] == ["step:ours", "step:peer"] * 2
    assert {"seconds_per_step", "sample", "update", "other", "tokens_per_second", "peak_rss_bytes"} <= set(row["ours"]) & set(row["peer"])
    assert row["ratio"] == {"median": 3.0, "min": 3.0, "max": 3.0}
    assert row["ours"]["peak_rss_bytes"] == 103 and row["peer"]["versions"] == {"trl": "1"} and row["note"] == ""
    assert row["lengths"] == "ragged" and "lengths" not in row["ours"]


@pytest.mark.parametrize(("device", "visible", "wanted"), [("cuda", "", "0"), ("cuda:1", "", "1"), ("cuda:1", "4,6", "6")])
def test_the_peer_sees_one_gpu_and_none_of_our_settings(device: str, visible: str, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[Any] = []
    monkeypatch.setattr(child, "run", lambda command, environment: run.extend([json.loads(command[2]), environment]) or {})
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    monkeypatch.setenv("GOMP_SPINCOUNT", "20000")
    peer({**TINY.data, "device": device, "threads": 3}, steps=1)
    given, environment = run
    assert given["device"] == "cuda" and environment["CUDA_VISIBLE_DEVICES"] == wanted
    assert environment["OMP_NUM_THREADS"] == "3" and "GOMP_SPINCOUNT" not in environment


def test_with_skipping_both_ways_are_measured(fake: list[tuple[str, str]]) -> None:
    row = compare(Workload(**{**TINY.data, "reward": "right"}), repeats=1, steps=1)
    assert fake == [("step:ours", "right"), ("step:ours", "digits"), ("step:peer", "right")]
    assert row["ratio"]["median"] == 6.0 and row["ratio_learning_all"]["median"] == 3.0


def test_without_the_peer_our_side_is_still_measured(fake: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    row = compare(TINY, repeats=1, steps=1, with_peer=False)
    assert row["peer"] is None and row["ratio"] is None and row["note"] == "" and row["ours"]["seconds_per_step"] == 2.0
    monkeypatch.setattr(step, "missing", lambda: step.INSTALL)
    row = compare(TINY, repeats=1, steps=1)
    assert row["peer"] is None and "pip install" in row["note"] and row["ours"]["seconds_per_step"] == 2.0


def test_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(step.importlib.util, "find_spec", lambda name: None)
    assert missing() == step.INSTALL
    monkeypatch.setattr(step, "PEER", tmp_path / "trl_step.py")
    assert "source checkout" in missing()
    assert WARMUP > 0

"""Curves of runs, thinned for the overview."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.reports.curves import POINTS, curves


def run(folder: Path, steps: int) -> Path:
    cold = [{"stage": "cold_start", "step": i, "loss": 1.0} for i in range(1, 4)]
    rows = [{"stage": "reinforce", "step": i, "tokens": 10, "reward": i, "length": None if i == 2 else 5.0, "loss": 0.1} for i in range(1, steps + 1)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*cold, *rows]))
    times = [{"stage": row["stage"], "step": row["step"], "update": 0.5, "other": 0.25, "tokens_per_second": 9e9} for row in [*cold, *rows]]
    (folder / "timings.jsonl").write_text("".join(json.dumps(row) + "\n" for row in times))
    return folder


def test_a_short_run_is_told_step_by_step(tmp_path: Path):
    found, wrong = curves(run(tmp_path, 5))
    assert wrong == [] and found.steps == [1, 2, 3, 4, 5] and found.tokens == [10, 20, 30, 40, 50]
    assert found.series == {"reward": [1, 2, 3, 4, 5], "length": [5, None, 5, 5, 5]}  # cold start drew nothing; pass_rate and entropy are not known
    assert (found.count, found.drawn, found.seconds) == (5, 50, 8 * 0.75)


def test_a_long_one_is_thinned_and_smoothed_and_keeps_its_end(tmp_path: Path):
    found, _ = curves(run(tmp_path, 1000))
    assert POINTS <= len(found.steps) <= POINTS + 2 and found.steps[-1] == 1000 and found.tokens[-1] == found.drawn == 10_000
    assert found.series["reward"][-1] == pytest.approx(sum(range(951, 1001)) / 50)  # the last twentieth
    assert found.series["reward"][0] == 1


def test_what_is_missing_and_what_is_broken(tmp_path: Path):
    assert curves(tmp_path)[1] == []  # a run that has just begun
    (tmp_path / "metrics.jsonl").write_text('{"stage": "reinforce", "step": 1, "reward": 0.5}\n{"stage": "reinf')
    found, wrong = curves(tmp_path)
    assert found.count == 1 and found.drawn == 0 and found.tokens == [] and found.seconds == 0 and wrong == ["metrics.jsonl has 1 unreadable line"]
    (tmp_path / "metrics.jsonl").write_text('{"stage": "reinforce", "step": 1, "reward": NaN}\n')
    assert curves(tmp_path)[0].series == {}

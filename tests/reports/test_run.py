from __future__ import annotations

import json
from pathlib import Path

import pytest

from fake_run import write
from menolab.errors import BadInput
from menolab.reports.run import read_run


def test_a_whole_run(tmp_path: Path):
    run = read_run(write(tmp_path / "run", problems=6, samples=2, steps=5))
    assert not run.missing
    assert [(row["stage"], row["step"]) for row in run.metrics] == [(s, i) for s in ("cold_start", "reinforce") for i in range(1, 6)]
    assert list(run.results["sums"]) == ["base", "cold_start", "trained"]


def test_what_is_missing_is_named(tmp_path: Path):
    run_folder = write(tmp_path / "run", problems=4, samples=1, steps=2)
    for name in ("facts.json", "timings.jsonl", "evaluation/sums/base.json", "evaluation/sums/trained.parquet"):
        (run_folder / name).unlink()
    (run_folder / "recipe.json").write_text("{")
    run = read_run(run_folder)
    said = "; ".join(run.missing)
    for part in ("facts.json is missing", "timings.jsonl is missing", "base.json is missing", "trained.parquet", "recipe.json cannot be read"):
        assert part in said
    assert list(run.results["sums"]) == ["cold_start"]


def test_a_run_without_cold_start_lacks_nothing(tmp_path: Path):
    folder = write(tmp_path / "run", problems=4, samples=1, steps=2)
    recipe = json.loads((folder / "recipe.json").read_text())
    (folder / "recipe.json").write_text(json.dumps(recipe | {"setup": {"cold_start": {"@": "menolab.runs.stage:NoTraining"}}}))
    (folder / "evaluation" / "sums" / "cold_start.json").unlink()
    assert not read_run(folder).missing


def test_a_killed_writer_and_a_resumed_run(tmp_path: Path):
    """Half a last line is said; a step written twice counts once, the later one."""
    folder = tmp_path / "run"
    folder.mkdir()
    rows = [{"stage": "reinforce", "step": s, "reward": r} for s, r in ((1, 0.1), (2, 0.2), (2, 0.9), (3, 0.3))]
    (folder / "metrics.jsonl").write_text("\n".join(map(json.dumps, rows)) + '\n{"stage": "rein\n[]\n')
    run = read_run(folder)
    assert [row["reward"] for row in run.metrics] == [0.1, 0.9, 0.3]
    assert "metrics.jsonl has 2 unreadable lines" in run.missing


def test_what_is_no_run_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match="no such folder"):
        read_run(tmp_path / "none")
    with pytest.raises(BadInput, match="is it a run folder"):
        read_run(tmp_path)


def test_a_folder_of_which_nothing_can_be_read_says_why(tmp_path: Path):
    (tmp_path / "metrics.jsonl").write_bytes(b"\xff\xfe\x00{")
    (tmp_path / "recipe.json").write_bytes(b"\xff")
    with pytest.raises(BadInput, match=r"nothing of the run can be read: recipe.json cannot be read .*; metrics.jsonl has 1 unreadable line"):
        read_run(tmp_path)
    newer = tmp_path / "newer" / "evaluation" / "sums"
    newer.mkdir(parents=True)
    (newer / "trained.json").write_text('{"format": 99}')
    with pytest.raises(BadInput, match="newer menolab"):
        read_run(tmp_path / "newer")

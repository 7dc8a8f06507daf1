"""Finding runs under a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_run import write
from menolab.errors import BadInput
from menolab.reports.browse import Found, find, line


def test_runs_and_records_are_found_at_any_depth_by_relative_name(tmp_path: Path):
    run = write(tmp_path / "a" / "b" / "run", problems=2, samples=1, steps=1)
    (run / "checkpoints" / "inner").mkdir(parents=True)
    (run / "checkpoints" / "inner" / "recipe.json").write_text("{}")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "recipe.json").write_text("{}")
    (tmp_path / "records").mkdir()
    for suffix in (".json", ".parquet"):
        (tmp_path / "records" / f"x{suffix}").write_bytes((run / "evaluation" / "sums" / f"base{suffix}").read_bytes())
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.json").write_text("{}")
    assert [(f.name, f.kind) for f in find(tmp_path)] == [("a/b/run", "run"), ("records", "records")]
    assert find(run) == [Found("run", "run", run)]  # a run itself
    with pytest.raises(BadInput, match="no such folder"):
        find(tmp_path / "none")
    with pytest.raises(BadInput, match="is a file"):
        find(run / "recipe.json")


def test_links_are_not_followed(tmp_path: Path):
    write(tmp_path / "outside", problems=2, samples=1, steps=1)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "runs" / "loop").symlink_to(tmp_path / "runs")
    assert find(tmp_path / "runs") == []


def test_a_line_says_the_scores_in_the_order_of_a_run_and_what_is_damaged(tmp_path: Path):
    run = write(tmp_path / "run", problems=4, samples=1, steps=1)
    said = line(find(run)[0])
    assert said.command == "meno demo"
    assert [(task, [state for state, _ in states]) for task, states in said.scores] == [("sums", ["base", "cold_start", "trained"])]
    assert said.problems == [] and said.stored == 0 and said.curves.count == 1
    (run / "evaluation" / "sums" / "base.json").write_text("{")
    (run / "facts.json").write_text("[]")
    said = line(find(run)[0])
    assert len(said.problems) == 2 and [state for state, _ in said.scores[0][1]] == ["cold_start", "trained"]


def test_a_study_is_one_thing_with_the_samples_it_drew(tmp_path: Path):
    run = write(tmp_path / "run", problems=2, samples=1, steps=1)
    study = run / "studies" / "limit"
    (study / "samples").mkdir(parents=True)
    for suffix in (".json", ".parquet"):
        (study / "samples" / f"x{suffix}").write_bytes((run / "evaluation" / "sums" / f"base{suffix}").read_bytes())
    (study / "findings.json").write_text("{}")
    (study / "study.html").write_text("")
    assert [(f.name, f.kind) for f in find(tmp_path)] == [("run", "run"), ("run/studies/limit", "study")]

from __future__ import annotations

import json
import webbrowser
from pathlib import Path

import pytest

from fake_run import write
from menolab.cli.main import main


def test_the_page_is_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = write(tmp_path / "run", problems=4, samples=1, steps=2)
    (run / "facts.json").unlink()
    assert main(["report", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"report": str(run / "report.html"), "missing": ["facts.json is missing"]}
    assert (run / "report.html").read_text().startswith("<!doctype html>")
    assert main(["report", str(run)]) == 0
    said = capsys.readouterr().out
    assert str(run / "report.html") in said and "facts.json is missing" in said


def test_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = write(tmp_path / "run", problems=4, samples=1, steps=2)
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)))
    assert main(["report", str(run), "--open"]) == 0
    assert opened == [(run / "report.html").resolve().as_uri()]


def test_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["report", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_with_the_viewer_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = write(tmp_path / "run", problems=40, samples=4, steps=2)
    assert main(["report", str(run), "--rollouts", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["report"] == str(run / "report.html") and said["rollouts"] == str(run / "rollouts.html")
    page = (run / "report.html").read_text()
    assert 'href="rollouts.html"' in page and 'href="rollouts.html#s=sums/trained&amp;a=cold_start&amp;p=' in page and (run / "rollouts.html").is_file()


def test_a_record_has_a_viewer_and_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = write(tmp_path / "run", problems=4, samples=1, steps=2)
    record = run / "evaluation" / "sums" / "base.json"
    assert main(["report", str(record)]) == 2
    assert "--rollouts" in capsys.readouterr().err
    assert main(["report", str(record), "--rollouts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rollouts": str(record.with_suffix(".html")), "missing": []}

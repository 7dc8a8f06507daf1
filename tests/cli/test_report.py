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

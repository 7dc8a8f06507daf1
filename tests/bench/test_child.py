"""Measurements in processes of their own."""

from __future__ import annotations

import json
import sys

import pytest

from menolab.bench import child, scale
from menolab.errors import RunFailed


def test_the_last_line_counts() -> None:
    assert child.run([sys.executable, "-c", "print('a warning'); print('{\"a\": [1, null]}')"]) == {"a": [1, None]}


def test_the_environment_is_the_one_given() -> None:
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    assert child.run([sys.executable, "-c", code], {"A": "b"})["A"] == "b"


@pytest.mark.parametrize("code", ["raise SystemExit('out of memory')", "import sys; sys.stderr.write('out of memory')"])
def test_a_failed_process_says_why(code: str) -> None:
    with pytest.raises(RunFailed, match="out of memory"):
        child.run([sys.executable, "-c", code])


def test_a_new_process_calls_the_named_function() -> None:
    with pytest.raises(RunFailed, match="memory is out"):
        child.call("scale:point", load={"size": "1m"}, phase="memory is out")


def test_what_the_process_does(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(scale, "point", lambda load, phase: {"load": load, "phase": phase})
    child.main("scale:point", '{"load": 1, "phase": "sample"}')
    assert json.loads(capsys.readouterr().out) == {"load": 1, "phase": "sample"}
    with pytest.raises(AssertionError):
        child.main("os.path:join", "{}")

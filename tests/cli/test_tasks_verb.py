from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from menolab.cli.main import main
from menolab.cli.tasks import task_classes


def test_json_lists_every_task(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "--json"]) == 0
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert [row["id"] for row in rows] == list(task_classes()) and not err
    for row in rows:
        assert row["summary"] and (row["example"] is None) == bool(row["note"])
        if row["example"]:
            assert {"prompt", "answer", "demonstration", "id", "difficulty"} <= set(row["example"])
    assert {row["id"] for row in rows if row["example"]} >= {"Countdown", "Addition", "Multiplication", "KnightsKnaves"}


def test_people_see_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "knights-knaves"]) == 0
    out = capsys.readouterr().out
    assert "KnightsKnaves" in out and "<answer>" in out and "Countdown" not in out


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "Countdwon"]) == 2
    assert "Countdown" in capsys.readouterr().err


def test_starts_without_torch() -> None:
    heavy = {"torch", "pyarrow", "reasoning_gym"}
    code = f"import sys; from menolab.cli.main import main; main(['tasks', '--json']); assert not {heavy} & set(sys.modules)"
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1.5  # 0.4 s on an idle machine; torch alone would take two

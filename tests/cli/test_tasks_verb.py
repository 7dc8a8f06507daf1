from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

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


def test_an_empty_name_is_not_the_current_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "task", ""]) == 2 and main(["evaluate", "m", "--on", ""]) == 2
    assert "--on = ''" in capsys.readouterr().err


def test_starts_without_torch() -> None:
    heavy = {"torch", "pyarrow", "reasoning_gym"}
    code = f"import sys; from menolab.cli.main import main; main(['tasks', '--json']); assert not {heavy} & set(sys.modules)"
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1.5  # 0.4 s on an idle machine; torch alone would take two


def test_file_tasks_say_what_they_read_and_show_an_example_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "gsm8k"]) == 0
    assert "question, answer" in " ".join((out := capsys.readouterr().out).split()) and "meno tasks GSM8K FILE" in " ".join(out.split())
    path = tmp_path / "mine.jsonl"
    path.write_text('{"question": "What is 40 + 2?", "answer": "#### 42"}\n')
    for words in ([str(path)], ["GSM8K", str(path)]):
        assert main(["tasks", *words, "--json"]) == 0
        (row,) = json.loads(capsys.readouterr().out)
        assert row["id"] == "GSM8K" and row["problems"] == 1 and row["example"]["answer"] == "42"
    assert main(["tasks", "Countdown", str(path)]) == 2
    assert "reads no file" in capsys.readouterr().err


def test_examples_that_must_not_be_shown_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", str(Path(__file__).parents[1] / "tasks" / "samples" / "GPQA.jsonl")]) == 0
    assert "14 problems; its authors ask" in " ".join(capsys.readouterr().out.split())

"""Published layouts are recognised by their columns, and a file of prompts stays one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.countdown_file import CountdownFile
from menolab.tasks.file import Problems
from menolab.tasks.game24_file import Game24File
from menolab.tasks.knights_knaves_file import KnightsKnavesFile
from menolab.tasks.layouts import file_task


@pytest.mark.parametrize(
    ("name", "cls", "count"),
    [
        ("countdown/countdown_cd3_test.jsonl", CountdownFile, 256),
        ("game24/24.csv", Game24File, 100),
        ("knights_and_knaves/3ppl_test.parquet", KnightsKnavesFile, 100),
    ],
)
def test_published_files_as_they_are_found(shared_data: Path, name: str, cls: type, count: int) -> None:
    task = file_task(str(shared_data / name))
    problems = task.listed()
    assert type(task) is cls and problems is not None and len(problems) == count


@pytest.mark.parametrize(
    ("row", "cls"),
    [
        ({"prompt": "1+1=", "answer": "2"}, Problems),
        ({"input": "3,4,5", "output": "12"}, CountdownFile),
        ({"prompt": "p", "answer": "2", "input": "3,4", "output": "7"}, Problems),
        ({"input": "What is 3,4?", "output": "7"}, Problems),
    ],
)
def test_columns_decide(tmp_path: Path, row: dict, cls: type) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row) + "\n")
    assert type(file_task(str(path))) is cls
    assert type(file_task(str(path), "problems")) is Problems


def test_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="did you mean countdown"):
        file_task(str(tmp_path / "a.jsonl"), "cuontdown")

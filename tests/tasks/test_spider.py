from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.layouts import file_task
from menolab.tasks.spider import Spider, sqlite_script
from menolab.verifiers.extract import response

SAMPLES = Path(__file__).parent / "samples"


def test_a_mysql_dump_becomes_an_sqlite_script() -> None:
    script = sqlite_script((SAMPLES / "Spider_dbs.sql").read_text())
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(script)
        rows = connection.execute("SELECT * FROM animal").fetchall()
    assert len(rows) == 10 and rows[0] == (1, "animal no. 1", "it's; a `tick`\nand more")


def test_the_published_questions(shared_data: Path) -> None:
    task = file_task(str(shared_data / "spider_sql/ic_spider_dev.json"))
    problems = task.listed()
    assert isinstance(task, Spider) and problems is not None and len(problems) == 1034
    assert {p.difficulty for p in problems} == {1.0, 2.0, 3.0, 4.0}
    for script in {p.facts["db"]: p.facts["schema"] for p in problems}.values():
        with sqlite3.connect(":memory:") as connection:
            connection.executescript(script)
    for problem in problems[::200]:
        assert task.verify(problem, response("", problem.answer)).right
        assert task.verify(problem, "```sql\nSELECT 'nothing of the kind'\n```").label == "wrong"


def test_without_its_dump(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "Spider.jsonl", tmp_path)
    with pytest.raises(BadInput, match=r"Spider.jsonl line 1: db.*put it there"):
        Spider(str(tmp_path / "Spider.jsonl")).listed()

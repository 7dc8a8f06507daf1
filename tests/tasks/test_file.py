from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks.file import Problems
from menolab.tasks.rows import read_rows
from menolab.verifiers.numeric import Numeric

ROWS = [{"prompt": f"{n}+1?", "answer": str(n + 1), "level": n} for n in range(5)]


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def lines(rows: list) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_every_format_gives_the_same_problems(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = [["prompt", "answer", "level"], *([r["prompt"], r["answer"], str(r["level"])] for r in ROWS)]
    made = [
        write(tmp_path / "a.jsonl", lines(ROWS)),
        write(tmp_path / "b.json", json.dumps(ROWS)),
        write(tmp_path / "c.csv", "\n".join(",".join(row) for row in table)),
        write(tmp_path / "d.tsv", "\n".join("\t".join(row) for row in table)),
        str(tmp_path / "e.parquet"),
    ]
    pq.write_table(pa.Table.from_pylist(ROWS), made[-1])
    found = [[(p.id, p.prompt, p.answer, int(p.facts["level"])) for p in Problems(path, verifier=Numeric()).listed()] for path in made]
    assert found[0] == found[1] == found[2] == found[3] == found[4] and len(found[0]) == 5
    assert Problems(made[0]).name == "a"


def test_lines_end_at_newlines_only(tmp_path: Path) -> None:
    path = tmp_path / "u.jsonl"
    path.write_text('{"prompt": "a\u2028b\x85c\u2029d", "answer": "1"}\r\n\n{"prompt": "e", "answer": "2"}', encoding="utf-8")
    assert [p.prompt for p in Problems(str(path)).listed()] == ["a\u2028b\x85c\u2029d", "e"]


def test_byte_order_mark_and_quoted_newlines(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes('\ufeffprompt,answer\n"one\ntwo",2\n'.encode())
    assert Problems(str(path)).listed()[0].prompt == "one\ntwo"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.jsonl", "", "no rows"),
        ("a.jsonl", "\n\n", "no rows"),
        ("a.jsonl", lines(ROWS) + '{"prompt": "x", "ans', "line 6.*cut off"),
        ("a.jsonl", lines(ROWS[:1]) + "oops\n" + lines(ROWS[1:]), "line 2.*not valid JSON"),
        ("a.jsonl", '["a"]\n', "line 1.*object"),
        ("a.jsonl", lines([*ROWS, {"prompt": "x", "solution": "1"}]), "1 of 6 rows lack it, the first is row 6"),
        ("a.jsonl", lines([{"promt": "x", "answer": "1"}]), "promt"),
        ("a.jsonl", lines([ROWS[0], ROWS[1], ROWS[0]]), "1 ids occur more than once"),
        ("a.jsonl", lines([*ROWS, {"prompt": "x", "answer": "seven"}]), "cannot read 1 of 6 answers"),
        ("a.jsonl", "\n" + lines([{"prompt": "x", "answer": None}]), "a.jsonl line 2: answer"),
        ("a.jsonl", lines([{"prompt": "", "answer": "1"}]), "line 1: prompt"),
        ("a.jsonl", lines([{"prompt": ["x"], "answer": "1"}]), "line 1: prompt"),
        ("a.json", '{"prompt": "x"}', "answer"),
        ("a.json", '["x"]', "one list of objects"),
        ("a.json", '"x"', "one list of objects"),
        ("a.jsonl.gz", "x", "not a whole gzip"),
        ("a.arrow", "x", "not a readable Arrow"),
        ("a.json", '[{"prompt": ', "not valid JSON"),
        ("a.csv", "prompt,answer\nx,1,2\n", "line 2.*3 cells"),
        ("a.csv", 'prompt,answer\n"x,1\n', "cut off"),
        ("a.csv", "prompt,prompt\nx,1\n", "same name"),
        ("a.parquet", "PAR1 not really", "not a readable Parquet"),
        ("a.txt", "x", "suffix"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = write(tmp_path / name, text)
    with pytest.raises(BadInput, match=f"(?s){said}"):
        Problems(path, verifier=Numeric()).listed()


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", lines(ROWS))
    with pytest.raises(BadInput, match=r"train\.jsonl"):
        read_rows(str(tmp_path / "trian.jsonl"))
    with pytest.raises(BadInput, match="no such file"):
        read_rows(str(tmp_path / "nowhere" / "x.jsonl"))


def test_not_text(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"prompt": "\xff"}')
    with pytest.raises(BadInput, match="UTF-8"):
        read_rows(str(tmp_path / "x.jsonl"))


def test_ids_from_a_field(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines(ROWS))
    assert [p.id for p in Problems(path, id_field="level").listed()] == ["0", "1", "2", "3", "4"]
    with pytest.raises(BadInput, match="level"):
        Problems(path, id_field="levle").listed()


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", lines(ROWS))
    task = Problems(path)
    assert len(task.listed()) == 5
    write(tmp_path / "a.jsonl", lines(ROWS[:2]))
    os.utime(path, ns=(1, 1))
    assert len(task.listed()) == 2


def test_draws_are_uniform_over_the_list(tmp_path: Path) -> None:
    task = Problems(write(tmp_path / "a.jsonl", lines(ROWS)))
    assert {task(Key.root(i)).id for i in range(60)} == {p.id for p in task.listed()}


def test_hub_without_a_network_says_so() -> None:
    with pytest.raises(BadInput, match="hub:"):
        read_rows("hub:nobody-at-all/nothing-here")


def test_own_worked_responses_are_demonstrations(tmp_path: Path) -> None:
    worked = [{**row, "worked": f"<think>add</think><answer>{row['answer'] if row['level'] else 'no'}</answer>"} for row in ROWS]
    task = Problems(write(tmp_path / "a.jsonl", lines(worked)), verifier=Numeric(), demonstration_field="worked")
    shown = [task.demonstrate(p, Key.root(0)) for p in task.listed()]
    assert [d.text for d in shown] == [row["worked"] for row in worked]
    assert [task.verify(p, d.text).right for p, d in zip(task.listed(), shown, strict=True)] == [False, True, True, True, True]
    with pytest.raises(NotImplementedError, match="not named"):
        Problems(task.path).demonstrate(task.listed()[0], Key.root(0))
    broken = write(tmp_path / "b.jsonl", lines([*worked[:-1], {**worked[-1], "worked": 3}]))
    with pytest.raises(BadInput, match="worked response as text"):
        Problems(broken, verifier=Numeric(), demonstration_field="worked").listed()

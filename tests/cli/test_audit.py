from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.cli.main import main


def write(folder: Path, *rows: object) -> str:
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(folder / "a.jsonl")


def test_the_built_in_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verifier", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"n", "right", "wrong", "undecided", "false_accepts", "false_rejects", "hangs", "seconds", "disagreements"} <= set(found)
    assert found["n"] > 200 and not found["disagreements"] and not found["hangs"]
    assert main(["audit", "verifier", "--mode", "strict", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == found["n"] // 2


def test_a_file_of_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"id": "a", "gold": "1/2", "answer": "0.5", "expected": "right"},
        {"id": "b", "gold": "1/2", "answer": "0.5", "expected": "wrong"},
        {"id": "c", "gold": "1/2", "response": "I do not know", "expected": True},
        {"id": "d", "gold": "1/2", "answer": "0.6"},
        {"id": "e", "gold": "B", "answer": "(b)", "kind": "choice", "expected": "right"},
    ]
    path = write(tmp_path, *rows)
    assert main(["audit", "verifier", path, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["false_accepts"], found["false_rejects"]) == (5, 1, 1)
    assert [row["id"] for row in found["disagreements"]] == ["b", "c"]
    assert main(["audit", "verifier", path]) == 0
    out = capsys.readouterr().out
    assert "b: right, expected wrong" in out and "1 false accepts" in out


def test_golds_alone_are_rewritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, {"id": 1, "gold": r"\frac{3}{4}"}, {"id": 2, "gold": "12345"})
    assert main(["audit", "verifier", path, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] > 20 and found["disagreements"] == []
    assert main(["audit", "verifier", path, "--kind", "exact", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["false_rejects"] > 5


def test_strict_mode_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, {"id": 1, "gold": "28\\%", "answer": "28"})
    for mode, label in (("strict", "wrong"), ("lenient", "right"), ("both", "right")):
        assert main(["audit", "verifier", path, "--mode", mode, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[label] == 1


@pytest.mark.parametrize(
    ("row", "said"), [({"gold": "1"}, "has no 'id'"), ({"id": 1, "gold": "1", "answer": "1", "expected": "maybe"}, "expected"), ({"id": 1, "gold": "1",
    "kind": "mth"}, "math")]
)
def test_bad_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: dict[str, object], said: str) -> None:
    assert main(["audit", "verifier", write(tmp_path, row)]) == 2
    assert said in capsys.readouterr().err


def test_bad_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verifier", write(tmp_path)]) == 2
    assert "no rows" in capsys.readouterr().err
    assert main(["audit", "verifier", str(tmp_path / "none.jsonl")]) == 2


def test_a_task_by_file_and_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.jsonl"
    good.write_text('{"question": "1+1?", "answer": "#### 2"}\n')
    assert main(["audit", "task", str(good), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["golds"]["right"] == 1
    assert main(["audit", "task", "addition", "--problems", "5"]) == 0
    assert "5 rows" in capsys.readouterr().out
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "t", "code": "def f(x): return 3", "task_id": 11, "test_list": ["assert f(0) == 1"]}\n')
    assert main(["audit", "task", str(bad)]) == 1
    assert "failures: bad.jsonl line 1" in capsys.readouterr().out
    for words, said in (([], "say which"), (["nothing-of-the-kind"], "task ="), ([str(tmp_path / "none.jsonl")], "no such file"), (["AMC"], "give path")):
        assert main(["audit", "task", *words]) == 2
        assert said in capsys.readouterr().err

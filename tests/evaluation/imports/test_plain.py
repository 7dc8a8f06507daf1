from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from menolab.errors import BadInput
from menolab.evaluation.imports.log import parse_fields
from menolab.evaluation.imports.read import read


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_usual_names_are_found(tmp_path: Path):
    samples = read(write(tmp_path / "a.jsonl", [{"id": "x", "response": "7", "correct": True, "answer": "7"}, {"id": "y", "response": "", "correct": False}]))
    c = samples.columns
    assert c["problem"].tolist() == ["x", "y"] and c["label"].tolist() == ["right", "wrong"] and c["gold"].tolist() == ["7", None]
    assert samples.record.task == "a" and samples.record.verifier == "unknown (field correct)" and samples.record.decoding == {}


def test_a_map_goes_inward_and_takes_the_first_that_is_there(tmp_path: Path):
    rows = [{"meta": {"key": 1}, "out": ["a"], "grades": {"x": "C"}}, {"meta": {}, "name": 2, "out": ["b"], "grades": {"x": "I"}}]
    samples = read(write(tmp_path / "a.jsonl", rows), parse_fields(["problem=meta.key|name,right=grades.x", "text=out.0"]))
    c = samples.columns
    assert c["problem"].tolist() == ["1", "2"] and c["label"].tolist() == ["right", "wrong"] and c["text"].tolist() == ["a", "b"]


def test_rows_of_one_problem_are_its_samples_in_order(tmp_path: Path):
    samples = read(write(tmp_path / "a.jsonl", [{"id": i, "acc": s} for s in (0, 1) for i in ("x", "y")]))
    assert samples.columns["sample"].tolist() == [0, 0, 1, 1] and samples.record.samples == 2


def test_a_list_of_scores_is_a_list_of_samples(tmp_path: Path):
    samples = read(write(tmp_path / "a.jsonl", [{"id": "x", "code": ["a", "b"], "score": [True, False], "gold": ["1", "2"]}]))
    c = samples.columns
    assert c["text"].tolist() == ["a", "b"] and c["label"].tolist() == ["right", "wrong"] and c["sample"].tolist() == [0, 1]
    assert c["gold"].tolist() == ['["1", "2"]'] * 2


def test_one_row_a_list_and_a_table_are_read_too(tmp_path: Path):
    rows = [{"id": "x", "verdict": "right"}, {"id": "y", "verdict": "undecided"}]
    (tmp_path / "b.json").write_text(json.dumps(rows, indent=1))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "c.parquet")
    for path in (write(tmp_path / "a.jsonl", rows), tmp_path / "b.json", tmp_path / "c.parquet"):
        assert read(path).columns["label"].tolist() == ["right", "undecided"]
    assert read(write(tmp_path / "one.jsonl", rows[:1])).columns["label"].tolist() == ["right"]


@pytest.mark.parametrize(("text", "said"), [
    ('{"id": "x", "correct": 1}\n{"id": "y", "corr', "line 2 is not JSON .* it is the last, so the log was cut short"),
    ('{"id": "x", "correct": 1}\n[1]\n', "line 2 is no JSON object"),
    ('{"id": "x", "words": 1}\n', "no field looks like a score; say which with --fields right=FIELD .its fields: id, words"),
    ('{"name": "x", "correct": 1}\n', "--fields problem="),
    ('{"id": "x", "correct": "perhaps"}\n', "is not a score"),
    ('{"id": "x", "correct": 1}\n{"correct": 1}\n', "sample 2 has no problem"),
    ("", "is empty or not"),
    ("hello\n", "is empty or not"),
    ("[]", "is not a result record, a log of"),
    ('{"a": 1,\n "b"', "not a whole JSON document"),
])  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, text: str, said: str):
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        read(path)


@pytest.mark.parametrize(("text", "said"), [("right", "name=field"), ("wright=acc", "did you mean right")])
def test_a_bad_map_is_refused(text: str, said: str):
    with pytest.raises(BadInput, match=said):
        parse_fields([text])

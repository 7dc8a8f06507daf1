from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.keys import Key


@pytest.fixture(scope="module")
def result() -> record.Result:
    return evaluate(FakeEngine(truncate=0.3), Sums(), sums(12), Decoding(), 3, Key.root(0).fold("evaluation"), model="fake")


def test_round_trip(result: record.Result, tmp_path: Path):
    path = record.save(tmp_path / "sums", "trained", result)
    assert path == tmp_path / "sums" / "trained.json"
    assert record.load(path) == result
    assert record.load_record(path) == result.record
    assert sorted(p.name for p in path.parent.iterdir()) == ["trained.json", "trained.parquet"]  # no temporary file is left


def test_what_is_stored_of_each_token(result: record.Result, tmp_path: Path):
    path = record.save(tmp_path, "x", result)
    row = result.rows[0]
    assert row.logprobs is not None and row.widths is not None
    assert len(row.logprobs) == len(row.widths) == row.tokens and sum(row.widths) == len(row.text)
    back = record.load(path, tokens=True).rows[0]
    assert list(back.logprobs or ()) == list(row.logprobs) and list(back.widths or ()) == list(row.widths)
    light = record.load(path).rows[0]
    assert light.logprobs is None and light.widths is None and light == row  # they are no part of what a row is, and most of its memory
    assert list(record.load_rows(path.with_suffix(".parquet"))[0].logprobs or ()) == list(row.logprobs)  # parts of an evaluation keep them


def test_unknown_tokens_are_null(tmp_path: Path):
    silent = evaluate(FakeEngine(logprob=None), Sums(), sums(2), Decoding(), 2, Key.root(0))
    row = record.load(record.save(tmp_path, "x", silent), tokens=True).rows[0]
    assert row.logprobs is None and row.widths is not None


def test_the_record_is_plain_json(result: record.Result, tmp_path: Path):
    data = json.loads(record.save(tmp_path, "base", result).read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert data["metrics"]["pass@1"].keys() == {"mean", "low", "high", "n"}
    assert data["decoding"]["@"] == "menolab.engines.decoding:Decoding"
    assert {"truncated", "unparsed", "undecided", "errored", "pass@1_finished", "length", "entropy", "pass@3", "maj@3"} <= data["metrics"].keys()


def test_unknown_interval_ends_are_null_and_come_back(tmp_path: Path):
    one = evaluate(FakeEngine(), Sums(), sums(1), Decoding(), 2, Key.root(0))
    path = record.save(tmp_path, "one", one)
    assert json.loads(path.read_text())["metrics"]["length"]["low"] is None
    length = record.load(path).record.metrics["length"]
    assert length is not None and length.low != length.low


def test_any_text_a_model_may_emit_survives(result: record.Result, tmp_path: Path):
    rows = (dataclasses.replace(result.rows[0], text="\0 \u2028 é 🎲 \ud800", extracted=""), *result.rows[1:])
    path = record.save(tmp_path, "odd", record.Result(result.record, rows))
    back = record.load(path).rows[0]
    assert back.text == "\0 \u2028 é 🎲 ?" and back.extracted == ""  # half a surrogate pair is no text: it becomes "?"


def test_missing(tmp_path: Path):
    with pytest.raises(BadInput, match="no such file"):
        record.load(tmp_path / "none.json")


@pytest.mark.parametrize("cut", [0, 1, 100, -3])
def test_truncated_record(result: record.Result, tmp_path: Path, cut: int):
    path = record.save(tmp_path, "x", result)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BadInput, match="not a whole result record"):
        record.load(path)


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 1}', "null", '{"format": "1"}', '{"format": 1, "metrics": {"pass@1": 3}, "rows": {}}'])
def test_json_that_is_no_record(tmp_path: Path, text: str):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(BadInput, match="not a whole result record"):
        record.load_record(tmp_path / "x.json")


def test_newer_format(result: record.Result, tmp_path: Path):
    path = record.save(tmp_path, "x", result)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": record.FORMAT + 1}))
    with pytest.raises(BadInput, match="newer menolab"):
        record.load(path)


def test_rows_missing_or_replaced(result: record.Result, tmp_path: Path):
    path = record.save(tmp_path, "x", result)
    table = path.with_suffix(".parquet")
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(BadInput, match="truncated or replaced"):
        record.load(path)
    table.unlink()
    with pytest.raises(BadInput, match="beside the record is missing"):
        record.load(path)


def test_a_record_reads_no_file_outside_its_folder(result: record.Result, tmp_path: Path):
    path = record.save(tmp_path / "inner", "x", result)
    (tmp_path / "x.parquet").write_bytes(path.with_suffix(".parquet").read_bytes())
    path.with_suffix(".parquet").unlink()
    path.write_text(path.read_text().replace('"x.parquet"', '"../x.parquet"'))
    with pytest.raises(BadInput, match="missing"):
        record.load(path)


def test_rows_of_an_older_version_are_read(result: record.Result, tmp_path: Path):
    import pyarrow.parquet as pq

    record.save_rows(tmp_path / "new.parquet", result.rows)
    table = pq.read_table(tmp_path / "new.parquet").drop_columns(["facts", "thinking", "first"])
    pq.write_table(table, tmp_path / "old.parquet")
    old = record.load_rows(tmp_path / "old.parquet")
    assert [dataclasses.replace(r, thinking=None, first=None) for r in result.rows] == list(old)

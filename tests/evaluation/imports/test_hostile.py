"""Files that are broken, foreign or mean: each is refused with a line that says what is wrong, or read as it was meant."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fakes import FakeEngine, Sums, sums
from imports_logs import inspect_log, inspect_zip, lighteval, lm_harness
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation.compare import Rules, compare
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.imports.read import read, read_whole
from menolab.evaluation.record import load, save
from menolab.keys import Key


def rows(**changes: Any) -> list[dict[str, Any]]:
    """Four problems, two samples each; what is told in `changes` is so in the fourth sample."""
    found: list[dict[str, Any]] = [
        {"id": i, "sample": k, "prompt": f"p{i}", "answer": str(i), "response": "x", "correct": (i + k) % 2 == 0, "tokens": 5} for i in range(4) for k in (0, 1)
    ]
    found[3] |= changes
    return found


def lines(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"correct": math.inf}, "right = inf: is not a score"),
        ({"correct": "1e400"}, "right = '1e400': is not a score"),
        ({"correct": 10**400}, "is not a score"),
        ({"correct": "maybe"}, "right = 'maybe'"),
        ({"tokens": "five"}, "tokens = 'five': of sample 4 is no whole number"),
        ({"tokens": -3}, "tokens = -3"),
        ({"tokens": [5]}, "tokens = "),
        ({"tokens": 10**400}, "of sample 4 is no whole number"),
        ({"sample": "b"}, "sample = 'b': of sample 4"),
        ({"sample": 1.5}, "sample = 1.5"),
        ({"sample": 2**31}, "sample = 2147483648"),
        ({"id": None}, "sample 4 has no problem"),
        ({"id": math.nan}, "sample 4 has no problem"),
        ({"judge_score": "high"}, "opinion = 'high': of sample 4 is no number"),
    ],
)
def test_a_value_that_is_none(changes: dict[str, Any], said: str, tmp_path: Path):
    with pytest.raises(BadInput) as caught:
        read(lines(tmp_path / "x.jsonl", rows(**changes)))
    assert said in str(caught.value)


@pytest.mark.parametrize("changes", [{"sample": None}, {"sample": "1"}, {"sample": math.nan}, {"id": "1"}, {"correct": "True"}, {"tokens": "5"}])
def test_a_value_in_another_dress(changes: dict[str, Any], tmp_path: Path):
    plain, odd = read(lines(tmp_path / "a.jsonl", rows())), read(lines(tmp_path / "b.jsonl", rows(**changes)))
    for name in ("problem", "sample", "label" if "correct" not in changes else "problem", "tokens"):
        assert odd.columns[name].tolist() == plain.columns[name].tolist()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"correct": 2.0}, "score = 2.0: is neither 0 nor 1, as those of 1 samples"),
        ({"correct": None}, "scores = 1: problems of B hold samples without a score: 1; --intersect"),
        ({"sample": 0}, "duplicates = 1: samples of B occur twice: 1; --keep"),
        ({"id": 7}, "samples = 2: problems of B do not have 2 samples: 1 (1), 7 (1); --intersect"),
    ],
)
def test_what_a_comparison_refuses(changes: dict[str, Any], said: str, tmp_path: Path):
    a = read(lines(tmp_path / "x.jsonl", rows()))
    b = read(lines(tmp_path / "x.jsonl", rows(**changes)))
    with pytest.raises(BadInput) as caught:
        compare(a, b)
    assert said in str(caught.value)


def test_scores_that_are_all_missing(tmp_path: Path):
    silent = read(lines(tmp_path / "x.jsonl", [row | {"correct": None} for row in rows()]))
    with pytest.raises(BadInput, match=r"problems = 4: of B, none of which has all its samples with scores"):
        compare(read(lines(tmp_path / "a.jsonl", rows())), silent, Rules(intersect=True))


def text(rows: list[Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf" + text(rows()), b"\n \n" + text(rows()), text(rows()).replace(b"\n", b"\r\n"), text(rows()).replace(b"\n", b"\n\n")]
)
def test_lines_in_another_dress(content: bytes, tmp_path: Path):
    (tmp_path / "x.jsonl").write_bytes(content)
    assert len(read(tmp_path / "x.jsonl").columns["problem"]) == 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty or not"),
        (b"\n \n", "is empty or not"),
        (bytes(range(256)), "is empty or not"),
        ("[1]".encode("utf-16"), "is empty or not"),
        (b"id,correct\n1,1\n", "is empty or not"),
        (b"[" * 100_000, "is not a whole JSON document"),
        (b"[1, 2]", "is not a result record, a log of"),
        (b"[]", "is not a result record, a log of"),
        (b'{"foo": 1}', "(its fields: foo)"),
        (b'{"id": 1}\n{"foo": 1}', "no field looks like a score"),
        (text(rows()) + b'{"id": 3, "samp', "it is the last, so the log was cut short"),
        (text(rows()) + b"[1]\n", "line 9 is no JSON object"),
        (text(rows()) + b'{"id": ' + b"[" * 100_000, "line 9 is not JSON"),
        (text(rows()).replace(b"p3", b"p\xff"), "line 7 is not JSON"),
        (b"PAR1", "is a broken Parquet file"),
        (b"PK\x03\x04", "is a broken .eval file"),
    ],
)
def test_files_of_nothing_known(content: bytes, said: str, tmp_path: Path):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read(tmp_path / "x.json")
    assert said in str(caught.value)


def test_a_parquet_table_cut_short_or_of_bytes(tmp_path: Path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.Table.from_pylist([row | {"id": f"é{row['id']}".encode(), "prompt": b"p"} for row in rows()]), path)
    found = read(path)
    assert found.columns["problem"][0] == "é0" and found.columns["prompt"][0] == "p"
    for size in (-3, -200, 300):
        path.write_bytes(path.read_bytes()[:size])
        with pytest.raises(BadInput, match="is a broken Parquet file"):
            read(path)


def _set(where: Callable[[dict], dict], **changes: Any) -> Callable[[dict], object]:
    return lambda log: where(log).update(changes)


@pytest.mark.parametrize(
    "spoil",
    [
        _set(lambda log: log, samples=[1, 2]),
        _set(lambda log: log["eval"], scorers=["match"]),
        _set(lambda log: log["samples"][0], epoch="two"),
        _set(lambda log: log["samples"][0], scores=[1]),
        _set(lambda log: log["samples"][0], output=[1]),
    ],
)
def test_a_log_that_is_not_laid_out_as_its_kind_is(spoil: Callable[[dict], object], tmp_path: Path):
    log = inspect_log({(1, 1): "C", (2, 1): "I"})
    spoil(log)
    (tmp_path / "x.json").write_text(json.dumps(log))
    with pytest.raises(BadInput, match="looks like a log of inspect_ai but is not laid out like one"):
        read(tmp_path / "x.json")


def test_other_harnesses_whose_layout_is_broken(tmp_path: Path):
    path = lighteval(tmp_path, [1.0, 0.0])
    table = pq.read_table(path)
    for name in ("metric", "doc", "model_response"):
        at = table.column_names.index(name)
        pq.write_table(table.set_column(at, name, pa.array(["x"] * len(table))), path)
        with pytest.raises(BadInput, match="looks like a log of lighteval"):
            read(path)
    path = lm_harness(tmp_path / "lm", [1.0, 0.0])
    path.write_text(path.read_text().replace('"filtered_resps": ["0"]', '"filtered_resps": 7').replace('"target"', '"target_"'))
    with pytest.raises(BadInput, match="looks like a log of lm-evaluation-harness"):
        read(path)


def test_a_flipped_bit_in_a_zip(tmp_path: Path):
    path = inspect_zip(tmp_path / "x.eval", inspect_log({(1, 1): "C", (2, 1): "I"}))
    content = bytearray(path.read_bytes())
    for at in range(60, len(content), 97):
        path.write_bytes(bytes([*content[:at], content[at] ^ 0xFF, *content[at + 1 :]]))
        try:
            read(path)
        except BadInput:
            continue


def test_responses_that_are_missing_are_left_out_by_a_flag(tmp_path: Path):
    log = inspect_log({(1, 1): "C", (2, 1): "I", (3, 1): "I"})
    log["samples"][1]["output"] = {"choices": []}
    path = inspect_zip(tmp_path / "x.eval", log)
    with pytest.raises(BadInput, match=r"text = 1: of 3 samples hold no response.*leave such problems out with --intersect"):
        read_whole(path)
    result = read_whole(path, intersect=True)
    assert [row.problem for row in result.rows] == ["1", "3"] and any("left out: 1 problems" in w for w in result.record.warnings)
    log["samples"] = log["samples"][1:2]
    with pytest.raises(BadInput, match="hold no response"):
        read_whole(inspect_zip(tmp_path / "y.eval", log), intersect=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"verifier": None}, {"task": 3}, {"samples": "x"}, {"problems": None}, {"decoding": None}, {"warnings": "abc"}, {"warnings": None},
        {"metrics": {"pass@1": 3}}, {"key": "x"}, {"rows": None},
    ],
)  # fmt: skip
def test_a_record_with_a_field_of_another_kind(changes: dict[str, Any], tmp_path: Path):
    path = save(tmp_path, "sums", evaluate(FakeEngine(0.5), Sums(), sums(3), Decoding(), 2, Key.root(0)))
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    for reader in (read, read_whole):
        with pytest.raises(BadInput, match="is not a whole result record"):
            reader(path)


@pytest.mark.parametrize(
    ("spoil", "said_of_columns", "said_of_rows"),
    [
        (lambda t: t.slice(0, 0), "holds no sample", "does not hold 2 samples of each of 3"),
        (lambda t: pa.concat_tables([t, t]), "", "does not hold 2 samples"),
        (lambda t: t.slice(0, 5), "", "does not hold 2 samples"),
        (lambda t: t.take([0, 2, 1, 3, 4, 5]), "", "does not hold 2 samples"),
        (lambda t: t.drop_columns(["vote"]), "no column vote", ""),
        (lambda t: t.set_column(t.column_names.index("label"), "label", pa.array(["purple"] * len(t))), "label = 'purple': of 6 samples", ""),
    ],
)
def test_a_table_of_samples_that_its_record_does_not_describe(spoil: Callable, said_of_columns: str, said_of_rows: str, tmp_path: Path):
    path = save(tmp_path, "sums", evaluate(FakeEngine(0.5), Sums(), sums(3), Decoding(), 2, Key.root(0)))
    table = path.with_suffix(".parquet")
    pq.write_table(spoil(pq.read_table(table)), table)
    data = json.loads(path.read_text())
    data["rows"]["sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
    path.write_text(json.dumps(data))
    for reader, said in ((lambda: compare(read(path), read(path)), said_of_columns), (lambda: load(path), said_of_rows)):
        if said:
            with pytest.raises(BadInput, match=said):
                reader()

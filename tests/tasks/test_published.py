from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from menolab.cli.tasks import task_classes
from menolab.errors import BadInput
from menolab.tasks.gsm8k import GSM8K
from menolab.tasks.layouts import layout, published
from menolab.tasks.published import PublishedFile, answer_of, content_id, stem, text_of, texts_of
from menolab.tasks.rows import located_rows

ROWS = [{"question": f"{n}+1?", "answer": f"#### {n + 1}"} for n in range(4)]


def lines(rows: list) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_each_states_what_it_is() -> None:
    assert len(published()) == len([c for c in task_classes().values() if issubclass(c, PublishedFile)])
    for kind, cls in published().items():
        assert cls.kind == kind and " @ " in cls.source and cls.licence and (cls.paper or "Source:" in (cls.__doc__ or "")), kind


def test_no_sample_is_two_benchmarks() -> None:
    for path in sorted((Path(__file__).parent / "samples").iterdir()):
        if path.suffix != ".sql" and path.name != "Problems.jsonl":
            assert published()[layout(located_rows(str(path))[0][1], str(path))].__name__ == path.name.partition(".")[0]


def test_a_folder_a_compressed_file_and_a_plain_one(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.jsonl.gz").write_bytes(gzip.compress(lines(ROWS[2:]).encode()))
    (tmp_path / "one.jsonl").write_text("\n" + lines(ROWS[:2]))
    task = GSM8K(str(tmp_path))
    assert [p.answer for p in task.listed()] == ["3", "4", "1", "2"]
    assert [where for where, _ in task.located()] == ["b/two.jsonl.gz line 1", "b/two.jsonl.gz line 2", "one.jsonl line 2", "one.jsonl line 3"]
    (tmp_path / "one.jsonl").write_text(lines(ROWS[:1]))
    assert len(task.listed()) == 3


def test_repeated_rows_are_one_problem(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines([ROWS[0], {**ROWS[0], "question": " 0+1? "}, ROWS[1]]))
    assert [len(GSM8K(str(tmp_path / "a.jsonl")).located()), len(GSM8K(str(tmp_path / "a.jsonl")).listed())] == [3, 2]


def test_fields() -> None:
    row = {"t": "x", "n": 27.0, "b": True, "l": ["a", ""], "s": " 3 ", "nan": float("nan")}
    assert text_of(row, "t", "w") == "x" and answer_of(row, "n", "w") == "27" and answer_of(row, "s", "w") == "3"
    for read, field in ((text_of, "n"), (text_of, "z"), (answer_of, "b"), (answer_of, "l"), (answer_of, "nan"), (texts_of, "l"), (texts_of, "t")):
        with pytest.raises(BadInput, match=rf"w: {field}"):
            read(row, field, "w")


def test_identity_is_content() -> None:
    assert content_id("a  b\n") == content_id("a b") == content_id(" a b") != content_id("A b")
    assert content_id("a", "b") != content_id("a b") and content_id("e\u0301") == content_id("\xe9")
    assert stem("x/Data-EASY.test.jsonl") == "data-easy" and stem("hub:a/b/c:test") == "c-test"


def test_the_hub_without_a_network_says_what_to_do() -> None:
    with pytest.raises(BadInput, match="file"):
        GSM8K().listed()


def test_one_object_with_one_list_and_other_shapes(tmp_path: Path) -> None:
    for data, rows in (
        ({"canary": "c", "examples": [{"a": 1}, {"a": 2}]}, [{"canary": "c", "a": 1}, {"canary": "c", "a": 2}]),
        ({"train": [{"a": 1}], "test": [{"a": 2}]}, [{"train": [{"a": 1}], "test": [{"a": 2}]}]),
        ([["a", "b"], ["c"]], [{"list": ["a", "b"]}, {"list": ["c"]}]),
    ):
        (tmp_path / "x.json").write_text(json.dumps(data))
        assert [row for _, row in located_rows(str(tmp_path / "x.json"))] == rows

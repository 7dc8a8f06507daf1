"""Tables of samples as a viewer reads them."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fake_run import rollouts, write
from menolab.errors import BadInput
from menolab.evaluation.record import load
from menolab.reports.samples import Table, described, pieces, sources


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = write(tmp_path_factory.mktemp("runs") / "run", problems=12, samples=4, steps=3)
    rollouts(run, steps=(1, 10), problems=3, group=4)
    return run


def test_sources_of_a_run_a_folder_and_a_record(folder: Path):
    assert [(s.id, s.kind, s.task) for s in sources(folder)] == [
        ("sums/base", "evaluation", "sums"), ("sums/cold_start", "evaluation", "sums"), ("sums/trained", "evaluation", "sums"), ("rollouts", "training", ""),
    ]  # fmt: skip
    assert [s.id for s in sources(folder / "evaluation" / "sums")] == ["base", "cold_start", "trained"]
    assert [s.id for s in sources(folder / "evaluation" / "sums" / "base.json")] == ["base"]
    for nothing in (folder / "recipe.json", folder / "none", folder.parent / "empty"):
        with pytest.raises(BadInput, match="holds no samples"):
            sources(nothing)


def test_the_index_is_the_rows(folder: Path):
    table = Table(next(s for s in sources(folder) if s.id == "sums/trained"))
    stored = load(folder / "evaluation" / "sums" / "trained.json").rows
    index = table.index
    c = index["columns"]
    assert table.count == len(stored) == len(c["sample"])
    for at, row in enumerate(stored):
        assert index["problems"][c["problem"][at]] == row.problem and index["titles"][c["problem"][at]] == row.prompt
        assert (c["sample"][at], c["tokens"][at], c["answer"][at]) == (row.sample, row.tokens, row.extracted)
        assert ("right", "wrong", "undecided")[c["label"][at]] == row.label and ("stop", "length", "error")[c["finish"][at]] == row.finish
        assert bool(c["parsed"][at]) == (row.extracted is not None)
    assert c["step"] is None and c["reward"] is None
    for problem, (rights, every) in table.rates.items():
        assert every == 4 and rights == sum(row.label == "right" for row in stored if row.problem == problem)


def test_a_row_is_whole_and_its_pieces_are_its_tokens(folder: Path):
    table = Table(next(s for s in sources(folder) if s.id == "sums/trained"))
    stored = load(folder / "evaluation" / "sums" / "trained.json", tokens=True).rows
    for at in (0, 5, table.count - 1):
        row = table.row(at)
        for name in ("prompt", "label", "stage", "reason", "gold"):
            assert row[name] == getattr(stored[at], name)
        assert "".join(text for _, _, texts in row["pieces"] for text in texts) == stored[at].text
        assert row["values"]["logprobs"] == [-0.5] * stored[at].tokens and "text" not in row and "facts" not in row
    for outside in (-1, table.count):
        with pytest.raises(BadInput, match="rows 0 to"):
            table.row(outside)


def test_training_has_steps_rewards_terms_and_credit(folder: Path):
    table = Table(next(s for s in sources(folder) if s.kind == "training"))
    c = table.index["columns"]
    assert table.count == 24 and sorted(set(c["step"])) == [1, 10] and all(r is not None for r in c["reward"])
    row = table.row(13)
    assert row["step"] == 10 and set(row["terms"]) == {"Accuracy", "Length"} and len(row["values"]["credit"]) == row["tokens"]


def test_search_looks_everywhere_whatever_the_case(folder: Path):
    table = Table(next(s for s in sources(folder) if s.id == "sums/trained"))
    stored = load(folder / "evaluation" / "sums" / "trained.json").rows
    assert table.search("LET ME CHECK") == [at for at, row in enumerate(stored) if "Let me check" in row.text]
    assert set(table.search(stored[0].prompt)) >= {0, 1, 2, 3} and table.search("(.*") == []  # a text, not an expression
    assert table.search("no answer") == [at for at, row in enumerate(stored) if row.reason == "no answer"]


def test_models_of_a_task_are_set_side_by_side(folder: Path):
    tables = {s.name: Table(s) for s in sources(folder) if s.kind == "evaluation"}
    data = described(tables["trained"], tables)
    assert set(data["rights"]) == {"base", "cold_start", "trained"} and data["total"] == 48
    assert data["rights"]["base"] == [tables["base"].rates[problem] for problem in data["problems"]]


def test_a_damaged_file_is_named_and_the_others_are_read(folder: Path, tmp_path: Path):
    source = next(s for s in sources(folder) if s.kind == "training")
    broken = tmp_path / "step-000020.parquet"
    broken.write_bytes(source.files[0].read_bytes()[:-40])
    other = tmp_path / "step-000030.parquet"
    pq.write_table(pa.table({"x": [1]}), other)
    table = Table(dataclasses.replace(source, files=(*source.files, broken, other)))
    assert table.count == 24 and len(table.damaged) == 2 and "step-000020.parquet" in table.damaged[0] and "no column" in table.damaged[1]
    with pytest.raises(BadInput, match=r"step-000020\.parquet"):
        Table(dataclasses.replace(source, files=(broken,)))


def test_damage_within_a_file_is_named_when_it_is_met(folder: Path, tmp_path: Path):
    source = next(s for s in sources(folder) if s.id == "sums/trained")
    content = bytearray(source.files[0].read_bytes())
    group = pq.ParquetFile(source.files[0]).metadata.row_group(0)
    texts = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == "text")
    start = texts.dictionary_page_offset or texts.data_page_offset
    content[start : start + texts.total_compressed_size] = b"\xff" * texts.total_compressed_size
    path = tmp_path / "trained.parquet"
    path.write_bytes(content)
    table = Table(dataclasses.replace(source, files=(path,)))
    assert table.index == Table(source).index  # the list does not need the texts
    with pytest.raises(BadInput, match=r"trained\.parquet.*damaged in row group 0"):
        table.row(0)


def test_tables_of_older_runs(tmp_path: Path):
    path = tmp_path / "step-000001.parquet"
    old = {"step": 1, "problem": "p", "task": "t", "prompt": "1 + 1 =", "sample": 0, "response": "2", "tokens": 1, "finish": "stop", "verdict": "wrong",
           "reason": "no answer", "extracted": None, "reward": 0.0, "terms": "{}", "mean_logprob": -0.5}  # fmt: skip
    pq.write_table(pa.Table.from_pylist([old]), path)
    (tmp_path / "rollouts").mkdir()
    path.rename(tmp_path / "rollouts" / path.name)
    table = Table(sources(tmp_path)[0])
    assert table.index["columns"]["parsed"] == [0] and table.index["columns"]["answer"] == [None]
    assert table.row(0)["pieces"] == [["text", -1, ["2"]]] and table.row(0)["values"] == {}


def test_many_row_groups_are_read_by_threads_at_once(folder: Path, tmp_path: Path):
    source = next(s for s in sources(folder) if s.id == "sums/trained")
    path = tmp_path / "trained.parquet"
    pq.write_table(pq.read_table(source.files[0]), path, row_group_size=5)
    whole, table = Table(source), Table(dataclasses.replace(source, files=(path,)))
    assert table.index == whole.index
    wrong: list[int] = []
    threads = [threading.Thread(target=lambda k=k: wrong.extend(at for at in range(k, 48, 4) if table.row(at) != whole.row(at))) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and table.search("check") == whole.search("check")


def test_pieces_keep_tokens_across_stretches():
    found = pieces("<think>a</think>so 7!", "7", [7, 1, 10, 1, 2, 0])  # the third token goes on behind the tag, the fifth behind the answer
    assert found == [("thinking", 0, ["<think>", "a", "</think>"]), ("text", 2, ["so", " "]), ("answer", 4, ["7"]), ("text", 4, ["!", ""])]
    assert pieces("abc", None, [1]) == [("text", -1, ["abc"])]  # widths of another text
    assert pieces("", None, [0]) == [("text", 0, [""])] and pieces("", None, None) == [("text", -1, [""])]


def test_opening_a_table_loads_no_library_that_costs_more_than_the_table(folder: Path):
    """pyarrow imports pandas behind many of its conversions, where it is installed: 0.3 s, more than the index of 100,000 samples takes."""
    look = "import sys; from pathlib import Path; from menolab.reports.samples import Table, sources\n"
    look += f"for source in sources(Path({str(folder)!r})):\n    table = Table(source); table.index; table.rates; table.row(0); table.search('add')\n"
    look += "assert 'pandas' not in sys.modules and 'torch' not in sys.modules and 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", look], check=True, timeout=120)

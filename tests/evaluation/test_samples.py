from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.record import Result, save
from menolab.evaluation.samples import COLUMNS, Samples, align, as_column, grid
from menolab.keys import Key


@pytest.fixture(scope="module")
def result() -> Result:
    return evaluate(FakeEngine(0.5, truncate=0.3), Sums(), sums(6), Decoding(max_tokens=200), 3, Key.root(0))


def log(result: Result, rows: list[tuple[str, float, float]]) -> Samples:
    """Samples of (problem, number, score)."""
    columns = {name: as_column(name, [0.0] * len(rows)) for name in COLUMNS}
    for i, name in enumerate(("problem", "sample", "score")):
        columns[name] = as_column(name, [row[i] for row in rows])
    return Samples(result.record, columns)


def test_columns_of_a_file_are_those_of_the_result_in_memory(result: Result, tmp_path: Path):
    ours, read = Samples.of(result), Samples.load(save(tmp_path, "sums", result))
    assert set(read.columns) == set(COLUMNS) and read.record == result.record
    for name in COLUMNS:
        assert ours.columns[name].dtype == read.columns[name].dtype
        assert ours.columns[name].tolist() == read.columns[name].tolist(), name


def test_columns_with_unknowns_are_those_of_the_result_in_memory(result: Result, tmp_path: Path):
    """Some token counts and answers are unknown, and no vote is known at all."""
    rows = tuple(dataclasses.replace(row, tokens=None if i % 2 else 7, extracted=None if i % 3 else "7", vote=None) for i, row in enumerate(result.rows))
    odd = dataclasses.replace(result, rows=rows)
    ours, read = Samples.of(odd), Samples.load(save(tmp_path, "odd", odd))
    for name in ("tokens", "extracted", "vote", "problem"):
        assert repr(ours.columns[name].tolist()) == repr(read.columns[name].tolist()), name


def test_columns_of_other_types_are_refused(result: Result, tmp_path: Path):
    """A table whose hash is right and whose columns are not: numbers for texts, nothing where something must be, a column that is missing."""
    path = save(tmp_path, "x", result)
    table = pq.read_table(path.with_suffix(".parquet"))
    numbers, nothing = pa.array(range(len(table))), pa.nulls(len(table), pa.string())
    texts = pa.array(["x"] * len(table))
    for name, column in (("prompt", numbers), ("problem", nothing), ("score", texts), ("vote", None)):
        at = table.column_names.index(name)
        bad = table.remove_column(at) if column is None else table.set_column(at, name, column)
        pq.write_table(bad, path.with_suffix(".parquet"))
        data = json.loads(path.read_text())
        data["rows"]["sha256"] = hashlib.sha256(path.with_suffix(".parquet").read_bytes()).hexdigest()
        path.write_text(json.dumps(data))
        with pytest.raises(BadInput, match="is not a table of samples"):
            Samples.load(path)


def test_a_grid_is_in_order_of_the_log_and_of_the_samples_numbers(result: Result):
    g = grid(log(result, [("b", 1, 0.1), ("a", 0, 0.2), ("b", 0, 0.3), ("a", 1, 0.4)]))
    assert list(g.problems) == ["b", "a"] and g.table("score").tolist() == [[0.3, 0.1], [0.2, 0.4]] and g.once("problem").tolist() == ["b", "a"]


def test_duplicates_are_refused_or_chosen_among(result: Result):
    twice = log(result, [("a", 0, 0.1), ("b", 0, 0.2), ("a", 0, 0.3)])
    with pytest.raises(BadInput, match=r"^duplicates = 1: samples of B occur twice: a; --keep"):
        grid(twice, "B")
    assert grid(twice, keep="first").table("score").tolist() == [[0.1], [0.2]]
    last = grid(twice, keep="last")
    assert last.table("score").tolist() == [[0.3], [0.2]] and last.dropped == {"duplicate samples of A": 1}


def test_problems_with_too_few_samples_are_counted_and_named(result: Result):
    cut = log(result, [("a", 0, 0.1), ("a", 1, 0.2), ("b", 0, 0.3), ("b", 1, 0.4), ("c", 0, 0.5)])
    with pytest.raises(BadInput, match=r"^samples = 1: problems of A do not have 2 samples: c \(1\); --intersect"):
        grid(cut)
    g = grid(cut, intersect=True)
    assert list(g.problems) == ["a", "b"] and list(g.dropped.values()) == [1]


def test_surplus_samples_are_left_out(result: Result):
    g = grid(log(result, [("a", 0, 0.1), ("b", 0, 0.2), ("b", 1, 0.3), ("c", 0, 0.4)]), intersect=True)
    assert g.table("score").tolist() == [[0.1], [0.2], [0.4]]


def test_samples_without_a_score_are_counted_and_named(result: Result):
    holes = log(result, [("a", 0, math.nan), ("b", 0, 0.2)])
    with pytest.raises(BadInput, match=r"^scores = 1: problems of A hold samples without a score: a; --intersect"):
        grid(holes)
    assert list(grid(holes, intersect=True).problems) == ["b"]


def test_an_empty_log_is_refused(result: Result):
    with pytest.raises(BadInput, match="holds no sample"):
        grid(log(result, []))


def test_align_brings_all_into_the_first_ones_order(result: Result):
    a, b = log(result, [("x", 0, 1), ("y", 0, 2), ("z", 0, 3)]), log(result, [("z", 0, 4), ("z", 1, 5), ("y", 0, 6), ("y", 1, 7)])
    ours, theirs = align([grid(a), grid(b)])
    assert list(ours.problems) == list(theirs.problems) == ["y", "z"]
    np.testing.assert_array_equal(ours.table("score"), [[2], [3]])
    np.testing.assert_array_equal(theirs.table("score"), [[6], [4]])

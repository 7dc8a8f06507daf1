from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from fakes import FakeEngine, Sums, sums
from imports_logs import inspect_log, inspect_zip
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.imports.read import read
from menolab.evaluation.record import save
from menolab.keys import Key


def test_what_a_file_is_is_told_by_its_content_not_its_name(tmp_path: Path):
    path = inspect_zip(tmp_path / "log.json", inspect_log({(1, 1): "C"}))
    assert read(path).record.engine == "inspect_ai"


def test_a_record_is_read_as_itself_and_its_table_points_to_it(tmp_path: Path):
    path = save(tmp_path, "sums", evaluate(FakeEngine(0.5), Sums(), sums(3), Decoding(), 2, Key.root(0)))
    assert read(path).record.engine == "FakeEngine"
    with pytest.raises(BadInput, match="the record beside it"):
        read(path.with_suffix(".parquet"))


def test_a_zip_of_something_else_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "x.eval", "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(BadInput, match=r"none of inspect_ai"):
        read(tmp_path / "x.eval")


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(BadInput, match="no such file"):
        read(tmp_path / "none.json")

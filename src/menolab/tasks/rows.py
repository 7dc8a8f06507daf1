"""Rows of a user's file, checked before anything is computed from them."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from menolab.errors import BadInput, unknown

Row = dict[str, Any]

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
_HUB = "hub:"


def read_rows(path: str) -> tuple[Row, ...]:
    """The rows of a JSONL, JSON (a list of objects), CSV, TSV or Parquet file, or of a Hub data set ``hub:owner/name[:split]``.

    Raises:
        BadInput: missing, empty or unreadable; a line that is no JSON object or was cut off (with its number); rows whose columns differ.
    """
    if path.startswith(_HUB):
        rows = _hub(path)
    else:
        file = existing(path)
        if file.suffix.lower() not in SUFFIXES:
            raise BadInput("path", path, f"the format is told by the suffix: one of {', '.join(SUFFIXES)}")
        rows = _READERS[file.suffix.lower()](file)
    if not rows:
        raise BadInput("path", path, "has no rows")
    return tuple(rows)


def existing(path: str) -> Path:
    """The file at `path`.

    Raises:
        BadInput: there is none, with the names in its folder that are nearest.
    """
    file = Path(path)
    if not file.is_file():
        near = difflib.get_close_matches(file.name, [p.name for p in file.parent.iterdir()], n=3) if file.parent.is_dir() else []
        raise BadInput("path", path, f"no such file; did you mean {' or '.join(near)}?" if near else "no such file")
    return file


def jsonl_lines(file: Path) -> Iterator[tuple[int, Row]]:
    """(line number from 1, object) of a JSON Lines file. Blank lines are skipped.

    Lines end at "\\n" alone: U+2028 and its like are ordinary characters inside JSON strings, at which `str.splitlines` would cut.

    Raises:
        BadInput: a line that is no JSON object, with its number.
    """
    lines = _text(file).split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            last = number == len(lines)
            remedy = "the file ends inside this line; was it cut off while being written?" if last else f"not valid JSON ({error})"
            raise BadInput(f"{file.name} line {number}", line[:80], remedy) from error
        if not isinstance(row, dict):
            raise BadInput(f"{file.name} line {number}", line[:80], "a line is one JSON object {...}")
        yield number, row


def _jsonl(file: Path) -> list[Row]:
    return [row for _, row in jsonl_lines(file)]


def check_field(rows: Sequence[Row], field: str, path: str) -> None:
    """Raise `BadInput` unless every row has `field`; where only some have it, with the first row that lacks it."""
    lacking = [i for i, row in enumerate(rows, 1) if field not in row]
    if len(lacking) == len(rows):
        raise unknown(f"field of {path}", field, [str(name) for name in rows[0]])
    if lacking:
        raise BadInput(f"field of {path}", field, f"{len(lacking)} of {len(rows)} rows lack it, the first is row {lacking[0]}: mixed columns")


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("path", str(file), f"is not UTF-8 text (byte {error.start})") from error


def _json(file: Path) -> list[Row]:
    text = _text(file)
    try:
        data = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError) as error:
        raise BadInput("path", str(file), f"not valid JSON ({error}); for one object a line use the suffix .jsonl") from error
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise BadInput("path", str(file), "a .json file holds one list of objects [{...}, {...}]")
    return data


def _table(file: Path) -> list[Row]:
    reader = csv.reader(io.StringIO(_text(file), newline=""), delimiter="\t" if file.suffix.lower() == ".tsv" else ",", strict=True)
    try:
        header = next(reader, [])
        if len(set(header)) != len(header):
            raise BadInput("path", str(file), "two columns have the same name")
        rows = []
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise BadInput(f"{file.name} line {reader.line_num}", ",".join(cells)[:80], f"has {len(cells)} cells, the header has {len(header)}")
            rows.append(dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise BadInput(f"{file.name} line {reader.line_num}", str(error), "not valid CSV; was the file cut off?") from error
    return rows


def _parquet(file: Path) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(file).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise BadInput("path", str(file), f"not a readable Parquet file ({str(error).splitlines()[0]})") from error


def _hub(path: str) -> list[Row]:
    name, _, split = path.removeprefix(_HUB).partition(":")
    try:
        import datasets  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise BadInput("path", path, "Hub data sets need an extra: pip install 'menolab[hub]'") from error
    try:
        found = datasets.load_dataset(name, split=split or "train")
    except Exception as error:  # the library raises a dozen unrelated classes: no network, no such set, no such split ...
        raise BadInput("path", path, f"could not be loaded from the Hub ({type(error).__name__}: {error}); write hub:owner/name:split") from error
    return [dict(row) for row in found]  # type: ignore[arg-type]


_READERS = {".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _json, ".csv": _table, ".tsv": _table, ".parquet": _parquet}

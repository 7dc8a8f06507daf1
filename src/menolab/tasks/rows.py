"""Rows of a user's or a published file, each with the place it stands at, so that an error can name it."""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from menolab.errors import BadInput, unknown

Row = dict[str, Any]

Located = tuple[str, Row]
"""Where a row stands ("test.jsonl line 3", "3ppl_test.parquet row 5"), and the row."""

_HUB = "hub:"
_BESIDE = ("dataset_info.json", "dataset_dict.json", "state.json")
"""What the datasets library writes beside the Arrow files of a folder."""


def read_rows(path: str) -> tuple[Row, ...]:
    """The rows of `located_rows` without their places."""
    return tuple(row for _, row in located_rows(path))


def located_rows(path: str) -> tuple[Located, ...]:
    """The rows of a JSONL, JSON, CSV, TSV, Parquet or Arrow stream file (or compressed: .gz), of all such files of a folder, or of the Hub.

    A .json file holds a list of objects; or an object one of whose fields is such a list ("examples", "samples"), whose other fields are then shared
    by the rows; or one object, which is one row; or a list of lists, each a row with the field "list".
    A Hub data set is written ``hub:owner/name[/configuration][@revision][:split]``; without a split it is "train".

    Raises:
        BadInput: missing, empty or unreadable; a line that is no JSON object or was cut off (with its number).
    """
    if path.startswith(_HUB):
        rows = [(f"{path} row {number}", row) for number, row in enumerate(_hub(path), 1)]
    elif Path(path).is_dir():
        files = sorted(file for file in Path(path).rglob("*") if file.is_file() and suffix(file.name) in SUFFIXES and file.name not in _BESIDE)
        rows = [(f"{file.relative_to(path).parent / where}", row) for file in files for where, row in _file(file)]
    else:
        rows = list(_file(existing(path)))
    if not rows:
        raise BadInput("path", path, "has no rows")
    return tuple(rows)


def stamp(path: str) -> tuple[int, ...]:
    """A number or two that change when the file or a file of the folder does; empty for the Hub and for nothing."""
    place = Path(path)
    if path.startswith(_HUB) or not place.exists():
        return ()
    files = [place] if place.is_file() else sorted(file for file in place.rglob("*") if file.is_file())
    return tuple(number for file in files for number in (file.stat().st_mtime_ns, file.stat().st_size))


def suffix(name: str) -> str:
    """The suffix that tells a file's format, in small letters and without ".gz"."""
    return Path(name.lower().removesuffix(".gz")).suffix


def _file(file: Path) -> Iterator[Located]:
    if suffix(file.name) not in SUFFIXES:
        raise BadInput("path", str(file), f"the format is told by the suffix: one of {', '.join(SUFFIXES)}, each also with .gz")
    unit = "line" if suffix(file.name) in (".jsonl", ".ndjson") else "row"
    for number, row in _READERS[suffix(file.name)](file):
        yield f"{file.name} {unit} {number}", row


def existing(path: str) -> Path:
    """The file at `path`.

    Raises:
        BadInput: there is none, with the names in its folder that are nearest.
    """
    file = Path(path)
    if file.is_dir():
        raise BadInput("path", path, "is a folder; name a file in it")
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


def check_field(rows: Sequence[Row], field: str, path: str) -> None:
    """Raise `BadInput` unless every row has `field`; where only some have it, with the first row that lacks it."""
    lacking = [i for i, row in enumerate(rows, 1) if field not in row]
    if len(lacking) == len(rows):
        raise unknown(f"field of {path}", field, [str(name) for name in rows[0]])
    if lacking:
        raise BadInput(f"field of {path}", field, f"{len(lacking)} of {len(rows)} rows lack it, the first is row {lacking[0]}: mixed columns")


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("path", str(file), f"is not UTF-8 text (byte {error.start})") from error


def _bytes(file: Path) -> bytes:
    data = file.read_bytes()
    if file.suffix.lower() != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput("path", str(file), f"is not a whole gzip file ({error})") from error


def _json(file: Path) -> Iterable[tuple[int, Row]]:
    text = _text(file)
    try:
        data = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError) as error:
        raise BadInput("path", str(file), f"not valid JSON ({error}); for one object a line use the suffix .jsonl") from error
    rows = _objects(data)
    if rows is None:
        raise BadInput("path", str(file), "a .json file holds one list of objects [{...}, {...}]")
    return enumerate(rows, 1)


def _objects(data: Any) -> list[Row] | None:
    if isinstance(data, dict):
        lists = [name for name, value in data.items() if isinstance(value, list) and value and all(isinstance(row, dict) for row in value)]
        if len(lists) != 1:
            return [data]
        shared = {name: value for name, value in data.items() if name != lists[0]}
        return [{**shared, **row} for row in data[lists[0]]]
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return data
    return [{"list": row} for row in data] if isinstance(data, list) and all(isinstance(row, list) for row in data) else None


def _table(file: Path) -> Iterable[tuple[int, Row]]:
    reader = csv.reader(io.StringIO(_text(file), newline=""), delimiter="\t" if suffix(file.name) == ".tsv" else ",", strict=True)
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
    return enumerate(rows, 1)


def _parquet(file: Path) -> Iterable[tuple[int, Row]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return enumerate(pq.read_table(io.BytesIO(_bytes(file))).to_pylist(), 1)
    except (pa.ArrowException, OSError) as error:
        raise BadInput("path", str(file), f"not a readable Parquet file ({str(error).splitlines()[0]})") from error


def _arrow(file: Path) -> Iterable[tuple[int, Row]]:
    import pyarrow as pa

    try:
        return enumerate(pa.ipc.open_stream(io.BytesIO(_bytes(file))).read_all().to_pylist(), 1)
    except (pa.ArrowException, OSError) as error:
        raise BadInput("path", str(file), f"not a readable Arrow stream ({str(error).splitlines()[0]})") from error


def _hub(path: str) -> list[Row]:
    address, _, split = path.removeprefix(_HUB).partition(":")
    name, _, revision = address.partition("@")
    owner, _, rest = name.partition("/")
    repository, _, configuration = rest.partition("/")
    try:
        import datasets  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise BadInput("path", path, "Hub data sets need an extra: pip install 'menolab[hub]'; or give the path of a file that you have") from error
    try:
        found = datasets.load_dataset(f"{owner}/{repository}", configuration or None, revision=revision or None, split=split or "train")
    except Exception as error:  # the library raises a dozen unrelated classes: no network, no such set, no such split ...
        remedy = f"could not be loaded from the Hub ({type(error).__name__}: {error}); write hub:owner/name[/configuration][@revision][:split], or give a file"
        raise BadInput("path", path, remedy) from error
    return [dict(row) for row in found]  # type: ignore[arg-type]


_READERS: dict[str, Callable[[Path], Iterable[tuple[int, Row]]]] = {
    ".jsonl": jsonl_lines, ".ndjson": jsonl_lines, ".json": _json, ".csv": _table, ".tsv": _table, ".parquet": _parquet, ".arrow": _arrow,
}  # fmt: skip
SUFFIXES = tuple(_READERS)
"""The formats that are read, each also compressed as .gz."""

"""The result record: what one model did on one task, told so that nothing is left out.

A result is two files in a folder: ``NAME.json``, the record (every number with its interval, and what produced it), and ``NAME.parquet``, one row a sample. The
rows are written first and the record, which holds their hash, last: a record on disk always has its rows.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation.statistics import Estimate
from menolab.files import finite, write_file, write_json

UNKNOWN = "unknown"
"""What a log of another program says of what it does not tell."""
FORMAT = 1
"""Version of the layout; a reader refuses newer ones."""


@dataclass(frozen=True)
class Row:
    """One sample: what was asked, what came back, what the verifier said."""

    problem: str
    """The problem's id."""
    sample: int
    prompt: str
    gold: str
    difficulty: float
    facts: str
    """What else the verifier needs of the problem, as JSON, so that a sample can be judged again by itself."""
    text: str
    finish: str
    """stop, length (truncated) or error; unknown in a log of another program that does not say."""
    tokens: int | None
    """Response tokens, stop token included; None where a log of another program does not say."""
    thinking: int | None
    """Of them, tokens up to the end of the thinking; None where no thinking came to an end."""
    first: str | None
    """right, wrong or undecided: the first answer that the response holds, in its thinking or after it; None where it was not looked for or there is none."""
    surprise: float | None
    """Mean negative log-probability of the response's tokens under the distribution drawn from, nats; its expectation is the entropy. None if unknown."""
    label: str
    """right, wrong or undecided."""
    score: float
    stage: str
    """Where the verifier decided; "verifier" where it raised."""
    reason: str
    extracted: str | None
    """The answer found, None if none was (unparsed)."""
    vote: str | None
    """Canonical answer for majority votes."""
    logprobs: Sequence[float] | None = field(default=None, compare=False, repr=False)
    """Of each token, nats, to 11 bits, which is enough to look at and small on disk. None if unknown, or if the rows were loaded without."""
    widths: Sequence[int] | None = field(default=None, compare=False, repr=False)
    """Characters of the text that each token wrote (`engines.widths`)."""
    entropy: Sequence[float] | None = field(default=None, compare=False, repr=False)
    """Of the distribution that each token was drawn from, nats, as precise as `logprobs`. None if it was not asked for."""
    reference: Sequence[float] | None = field(default=None, compare=False, repr=False)
    """Log-probability of each token under the record's `reference`, nats, as precise as `logprobs`. None if there is none."""
    asked: int | None = None
    """Prompt tokens; None if unknown."""
    opinion: float | None = None
    """What a judge or a reward model gave the response, in a log that tells it; None if unknown."""


JSON_KINDS: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "Mapping": Mapping, "Sequence": (list, tuple)}
"""What a field of `Record` is in JSON, by how its type begins."""


@dataclass(frozen=True)
class Record:
    """One evaluation of one model on one task."""

    task: str
    """The task's name, as in "countdown"."""
    problems: int
    samples: int
    """Samples of each problem."""
    metrics: Mapping[str, Estimate | None]
    """By name: pass@1 .. pass@S, maj@1 .. maj@S, pass@1_finished, the shares truncated, unparsed, undecided and errored, length, entropy. None =
    not known (no response finished; no log-probabilities)."""
    length: Mapping[str, float]
    """Response tokens over all samples: p10, median, p90, max."""
    standard_errors: Mapping[str, float | None]
    """Of pass@1: over problems like these, and over samples of these problems."""
    model: str
    engine: str
    dtype: str
    decoding: Mapping[str, Any]
    """The `Decoding` piece as JSON."""
    task_piece: Any
    """The `Task` piece as JSON."""
    verifier: str
    """Name, settings and version of what judged."""
    key: Sequence[int | str]
    """Path of the key that the draws came from."""
    problems_hash: str
    """SHA-256 over problem ids and gold answers in order."""
    prompts_hash: str
    """SHA-256 over the prompts in order."""
    tokens: Mapping[str, int]
    """prompt (each prompt counted once a sample) and completion tokens."""
    seconds: Mapping[str, float]
    """sample, verify, total; those before a kill included."""
    versions: Mapping[str, str] = field(default_factory=dict)
    hardware: Mapping[str, Any] = field(default_factory=dict)
    parameters: int | None = None
    """Of the model; None behind a server, and in records that do not tell."""
    batch: int | None = None
    """Rows that the engine continued at once, at most."""
    warnings: Sequence[str] = ()
    """What a reader must know before quoting the score."""
    reference: str = ""
    """The model that the drawn tokens were also scored under; empty for none."""

    def to_data(self) -> dict[str, Any]:
        """JSON data; NaN interval ends are null."""
        return finite(dataclasses.asdict(self))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Record:
        """The record that `to_data` wrote.

        Raises:
            KeyError, TypeError: a field is missing or of the wrong kind (`load` turns these into `BadInput`).
        """
        values = {f.name: data[f.name] for f in dataclasses.fields(cls) if f.name in data}
        for f in dataclasses.fields(cls):
            kind = next((kind for name, kind in JSON_KINDS.items() if str(f.type).startswith(name)), object)
            if f.name in values and not isinstance(values[f.name], kind) and not (values[f.name] is None and str(f.type).endswith("None")):
                raise TypeError(f"{f.name} is {values[f.name]!r:.100}")
        values["metrics"] = {name: _estimate(e) for name, e in values["metrics"].items()}
        values |= {name: tuple(values[name]) for name in ("key", "warnings")}
        return cls(**values)


@dataclass(frozen=True)
class Result:
    """A record with its rows, in order of problem and sample."""

    record: Record
    rows: tuple[Row, ...]


def save_rows(path: Path, rows: Sequence[Row], notes: Mapping[str, str] | None = None) -> str:
    """Write rows as Parquet, whole or not at all, with some notes about them; returns the file's SHA-256.

    Raises:
        RunFailed: the disk is full or read-only.
    """
    table = _to_parquet(rows, notes or {})
    write_file(path, lambda scratch: scratch.write_bytes(table))
    return hashlib.sha256(table).hexdigest()


def load_rows(path: Path) -> tuple[Row, ...]:
    """The rows in a Parquet file.

    Raises:
        BadInput: it is not one, or not of rows.
    """
    return _from_parquet(path.read_bytes(), path, tokens=True)


def load_notes(path: Path) -> dict[str, str]:
    """The notes that `save_rows` wrote with the rows."""
    import pyarrow.parquet as pq

    return {name.decode(): value.decode() for name, value in (pq.read_schema(path).metadata or {}).items()}


def save(folder: Path, name: str, result: Result) -> Path:
    """Write ``NAME.parquet`` and ``NAME.json`` under `folder`; returns the path of the record. Each file appears whole or not at all.

    Raises:
        RunFailed: the disk is full or read-only.
    """
    digest = save_rows(folder / f"{name}.parquet", result.rows)
    data = {"format": FORMAT, **result.record.to_data(), "rows": {"file": f"{name}.parquet", "sha256": digest}}
    path = folder / f"{name}.json"
    write_json(path, data)
    return path


def load(path: Path, *, tokens: bool = False) -> Result:
    """The result whose record is at `path`; with `tokens` its rows have what is stored of each token, which takes most of the memory.

    Raises:
        BadInput: missing, truncated, of another format, or rows that are not those the record was written with.
    """
    record, table, table_path = _stored(Path(path))
    rows, S = _from_parquet(table, table_path, tokens=tokens), record.samples
    ordered = S > 0 and all(row.problem == rows[i - i % S].problem for i, row in enumerate(rows))
    if not ordered or len(rows) != record.problems * S or len({row.problem for row in rows}) != record.problems:
        remedy = f"does not hold {S} samples of each of {record.problems} problems, one problem after the other; evaluate again"
        raise BadInput("rows", str(table_path), remedy)
    return Result(record, rows)


def load_columns(path: Path, names: Sequence[str]) -> tuple[Record, dict[str, np.ndarray]]:
    """The record at `path` with some columns of its rows, by field of `Row`: numbers as float64 (None is NaN), texts as objects. Raises as `load` does.

    Whole rows of 160,000 samples take seconds to build; their columns a tenth of that.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    record, content, table_path = _stored(Path(path))
    fields = [_schema().field(name) for name in names]
    texts = [field.name for field in fields if pa.types.is_string(field.type)]
    wanted = pa.schema([field.with_type(pa.dictionary(pa.int32(), pa.string())) if field.name in texts else field for field in fields])
    try:
        # Texts as their dictionaries: a text that many samples share is made once. `ParquetFile`, since `read_table` and all conversions of pyarrow's
        # own load pandas where it is installed, which takes longer than the reading.
        if lacking := set(names) - set(pq.read_schema(pa.BufferReader(content)).names):
            raise ValueError(f"no column {', '.join(sorted(lacking))}")
        table = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts).read(columns=list(names)).select(list(names)).cast(wanted)
    except (pa.ArrowException, ValueError, KeyError) as error:
        raise BadInput("rows", str(table_path), f"is not a table of samples ({error})") from error
    return record, {name: _texts(table[name]) if name in texts else _floats(table[name]) for name in names}


def _texts(column: Any) -> np.ndarray:
    """A dictionary-encoded column of texts as objects, null as None."""
    array = column.unify_dictionaries().combine_chunks()
    texts = np.array([*array.dictionary.to_pylist(), None], dtype=object)
    return texts[_filled(array.indices, len(texts) - 1, np.dtype(np.int64))]


def _floats(column: Any) -> np.ndarray:
    """A column of numbers as float64, null as NaN."""
    return _filled(column.combine_chunks(), math.nan, np.dtype(np.float64))


def _filled(array: Any, nothing: float, dtype: np.dtype) -> np.ndarray:
    """An array of numbers with `nothing` for null."""
    import pyarrow as pa

    if not array.null_count:
        return np.from_dlpack(array).astype(dtype)
    values = np.full(len(array), nothing, dtype)
    values[np.from_dlpack(array.is_valid().cast(pa.int8())) == 1] = np.from_dlpack(array.drop_null())
    return values


def _stored(path: Path) -> tuple[Record, bytes, Path]:
    """The record at `path`, the bytes of its table of samples, and where they lie."""
    record = load_record(path)
    rows = json.loads(path.read_bytes())["rows"]
    table_path = path.with_name(Path(str(rows["file"])).name)  # the rows lie beside the record, whatever the text says
    if not table_path.is_file():
        raise BadInput("rows", str(table_path), "the file of samples beside the record is missing; copy both files, or evaluate again")
    table = table_path.read_bytes()
    if hashlib.sha256(table).hexdigest() != rows["sha256"]:
        raise BadInput("rows", str(table_path), "is not the file this record was written with (truncated or replaced); evaluate again")
    return record, table, table_path


def load_record(path: Path) -> Record:
    """The record at `path` without its rows.

    Raises:
        BadInput: missing, truncated or of another format.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput("result", str(path), "no such file; `meno evaluate` writes one")
    try:
        data = json.loads(path.read_bytes())
        newer = data["format"] > FORMAT
        record = Record.from_data(data) if not newer else None
        assert newer or {"file", "sha256"} <= set(data["rows"])
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:
        raise BadInput("result", str(path), f"is not a whole result record ({type(error).__name__}: {error}); evaluate again") from error
    if record is None:
        raise BadInput("result", str(path), f"was written by a newer menolab (format {data['format']}, this one reads {FORMAT}); upgrade")
    return record


def _estimate(data: Mapping[str, Any] | None) -> Estimate | None:
    if data is None:
        return None
    low, high = (math.nan if data[end] is None else float(data[end]) for end in ("low", "high"))
    return Estimate(float(data["mean"]), low, high, int(data["n"]))


ROW_GROUP = 1024
"""Rows that are read together: a viewer that shows one of many samples reads so many."""
OF_TOKENS = ("logprobs", "widths", "entropy", "reference")
"""Columns that hold a number a token."""


def _schema() -> Any:
    import pyarrow as pa

    kinds = {"int": pa.int32(), "str": pa.string(), "float": pa.float64(), "Sequence[float]": pa.list_(pa.float32()), "Sequence[int]": pa.list_(pa.int32())}
    return pa.schema([pa.field(f.name, kinds[str(f.type).removesuffix(" | None")], nullable=str(f.type).endswith("None")) for f in dataclasses.fields(Row)])


def _to_parquet(rows: Sequence[Row], notes: Mapping[str, str]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # A model may emit half a surrogate pair; Parquet holds UTF-8 only.
    columns = {f.name: [_text(getattr(row, f.name)) for row in rows] for f in dataclasses.fields(Row)}
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, schema=_schema().with_metadata(dict(notes))), sink, compression="zstd", row_group_size=ROW_GROUP)
    return sink.getvalue().to_pybytes()


def _text(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _from_parquet(content: bytes, path: Path, *, tokens: bool) -> tuple[Row, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    if not tokens:
        schema = pa.schema([column for column in schema if column.name not in OF_TOKENS])
    try:
        table = pq.read_table(pa.BufferReader(content), schema=schema)
    except (pa.ArrowException, ValueError, KeyError) as error:
        raise BadInput("rows", str(path), f"is not a table of samples ({error})") from error
    rows: list[dict[str, Any]] = table.to_pylist()
    return tuple(Row(**{**row, "facts": row["facts"] or "{}"}) for row in rows)  # a column that an older version did not write is null

"""Stored samples as a viewer reads them: of an evaluation or of training, one source a table, opened in any size.

What a list shows of every sample (verdict, length, step, answer) is read once, column by column; a sample itself is read with its row group when it is
looked at. So a table of 100,000 samples opens in a second, and memory holds a few row groups at a time.
"""

from __future__ import annotations

import bisect
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from menolab.errors import BadInput
from menolab.files import finite
from menolab.reports.rollouts import stretches
from menolab.reports.run import STATES

if TYPE_CHECKING:
    import pyarrow

LABELS = ("right", "wrong", "undecided")
FINISHES = ("stop", "length", "error")
CHANNELS = ("logprobs", "entropy", "credit", "reference")
"""Columns with a number for each token of the response."""
LISTED = ("problem", "prompt", "sample", "label", "finish", "extracted", "tokens", "reward", "step")
"""Columns that the list needs of every sample."""
NEEDED = frozenset(LISTED) - {"reward", "step"}
SEARCHED = ("problem", "prompt", "text", "extracted", "reason")
NAMES = {"response": "text", "verdict": "label"}
"""What training's tables call columns otherwise than evaluations' do."""
SNIPPET = 120
"""Characters of a prompt or an answer in the list."""
HELD = 192 * 2**20
"""Bytes of row groups that a table keeps in memory."""


@dataclass(frozen=True)
class Source:
    """One table of samples."""

    id: str
    """Unique within its run, and the same whenever the run is opened: permalinks hold it."""
    kind: Literal["evaluation", "training"]
    task: str
    """Empty for training, whose tables may hold several tasks."""
    name: str
    """The model's state, as in "trained"; "rollouts" for training."""
    files: tuple[Path, ...]
    reference: str = ""
    """The model that an evaluation's tokens were also scored under; empty for none, and in training, where it is the method's own."""


def sources(path: Path) -> list[Source]:
    """The tables of samples in a run folder or a folder of result records, or beside one record; evaluations first.

    Raises:
        BadInput: there are none.
    """
    path = Path(path)
    if path.is_file():
        found = [source for source in [_record(path, path.stem)] if source is not None]
    else:
        evaluation = path / "evaluation"
        folders = [path, *sorted(p for p in evaluation.glob("*") if p.is_dir())]
        records = [(folder, file) for folder in folders for file in sorted(folder.glob("*.json"), key=lambda f: (_order(f.stem), f.stem))]
        names = [(file, file.stem if folder == path else f"{folder.name}/{file.stem}") for folder, file in records]
        found = [source for file, name in names if (source := _record(file, name)) is not None]
        steps = tuple(sorted((path / "rollouts").glob("step-*.parquet")))
        if steps:
            found.append(Source("rollouts", "training", "", "rollouts", steps))
    if not found:
        remedy = "holds no samples: neither rollouts/ nor a result record with its .parquet; give a run folder or a record that `meno evaluate` wrote"
        raise BadInput("run", str(path), remedy)
    return found


def _order(state: str) -> int:
    return STATES.index(state) if state in STATES else len(STATES)


def _record(path: Path, name: str) -> Source | None:
    """The source of a result record; None for other JSON files, and for a record that lost its rows."""
    rows = path.with_suffix(".parquet")
    if path.suffix != ".json" or not rows.is_file():
        return None
    try:
        record = json.loads(path.read_bytes())
        task, reference = str(record["task"]), str(record.get("reference", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        task, reference = path.parent.name, ""
    return Source(name, "evaluation", task, path.stem, (rows,), reference)


@dataclass(frozen=True)
class _Group:
    file: int
    number: int
    """Of the row group in its file."""
    start: int
    """Number of its first row in the table."""


class Table:
    """An open source. Safe to use from several threads."""

    def __init__(self, source: Source):
        """Open the files; those of training that cannot be read are left out and named in `damaged`.

        Raises:
            BadInput: none can be read.
        """
        self.source = source
        self.damaged: list[str] = []
        self._lock = threading.RLock()
        self._files: list[Any] = []
        self._paths: list[Path] = []
        self._groups: list[_Group] = []
        self._held: OrderedDict[int, Any] = OrderedDict()
        self.count = 0
        for path in source.files:
            self._open(path)
        if not self._files:
            raise BadInput("rows", str(source.files[0]), f"cannot be read: {'; '.join(self.damaged)}")
        self._starts = [group.start for group in self._groups]

    def _open(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            missing = NEEDED - {_common(name) for name in pq.read_schema(path, memory_map=True).names}
            if missing:
                raise ValueError(f"it has no column {', '.join(sorted(missing))}")
            file = pq.ParquetFile(path, memory_map=True, read_dictionary=["problem", "prompt"])
            starts = np.cumsum([0, *(file.metadata.row_group(g).num_rows for g in range(file.num_row_groups))]).tolist()
        except (pa.ArrowException, OSError, ValueError) as error:
            self.damaged.append(f"{path.name} cannot be read ({str(error).splitlines()[0][:200]})")
            return
        self._groups += [_Group(len(self._files), g, self.count + start) for g, start in enumerate(starts[:-1])]
        self._files.append(file)
        self._paths.append(path)
        self.count += starts[-1]

    def _read(self, group: _Group, wanted: Sequence[str]) -> pyarrow.Table:
        """Columns of a row group by their common names; those that the file lacks are left out.

        Raises:
            BadInput: the file is damaged there.
        """
        import pyarrow as pa

        file = self._files[group.file]
        own = [name for name in file.schema_arrow.names if _common(name) in wanted]
        try:
            with self._lock:
                table = file.read_row_group(group.number, columns=own)
        except (pa.ArrowException, OSError) as error:
            path = self._paths[group.file]
            raise BadInput("rows", str(path), f"is damaged in row group {group.number} ({str(error).splitlines()[0][:200]})") from error
        return table.rename_columns([_common(name) for name in table.column_names])

    @cached_property
    def index(self) -> dict[str, Any]:
        """What the list shows of every sample, as JSON data: columns in the table's order, and its problems."""
        import pyarrow as pa

        pc = _compute()
        parts = [self._read(group, LISTED) for group in self._groups]
        table = pa.concat_tables(parts, promote_options="permissive").unify_dictionaries()
        problem = pc.dictionary_encode(table["problem"].cast(pa.string())).combine_chunks()
        code_N = _array(problem.indices)
        _, first = np.unique(code_N, return_index=True)
        columns: dict[str, Any] = {
            "problem": code_N.tolist(),
            "sample": _numbers(table["sample"]),
            "label": _coded(table["label"], LABELS),
            "finish": _coded(table["finish"], FINISHES),
            "parsed": _numbers(pc.is_valid(table["extracted"]).cast(pa.int8())),
            "answer": pc.utf8_slice_codeunits(table["extracted"].cast(pa.string()), 0, SNIPPET).to_pylist(),
            "tokens": _numbers(table["tokens"]),
        }
        for name in ("reward", "step"):
            columns[name] = _numbers(table[name]) if name in table.column_names else None
        places = pa.Array.from_buffers(pa.int64(), len(first), [None, pa.py_buffer(first.astype(np.int64))])  # pa.array would import pandas
        prompts = table["prompt"].take(places).cast(pa.string())
        titles = [" ".join((prompt or "").split())[:SNIPPET] for prompt in pc.utf8_slice_codeunits(prompts, 0, 4 * SNIPPET).to_pylist()]
        return {"problems": problem.dictionary.to_pylist(), "titles": titles, "columns": columns}

    @cached_property
    def rates(self) -> dict[str, tuple[int, int]]:
        """Problem -> right samples, samples."""
        index = self.index
        code, label = np.array(index["columns"]["problem"], dtype=np.int64), np.array(index["columns"]["label"])
        every = np.bincount(code, minlength=len(index["problems"]))
        rights = np.bincount(code, weights=label == 0, minlength=len(index["problems"])).astype(int)
        return dict(zip(index["problems"], zip(rights.tolist(), every.tolist(), strict=True), strict=True))

    def row(self, at: int) -> dict[str, Any]:
        """One sample whole, as JSON data, its response cut into stretches and those into tokens where it is known how.

        Raises:
            BadInput: there is no such row, or the file is damaged there.
        """
        if not 0 <= at < self.count:
            raise BadInput("at", at, f"the table has rows 0 to {self.count - 1}")
        number = bisect.bisect_right(self._starts, at) - 1
        table = self._group(number)
        row = table.slice(at - self._starts[number], 1).to_pylist()[0]
        text, widths = row.pop("text"), row.pop("widths", None)
        values = {name: _rounded(row.pop(name)) for name in CHANNELS if row.get(name) is not None}
        row.pop("facts", None)
        if isinstance(row.get("terms"), str):
            row["terms"] = json.loads(row["terms"])
        return finite({**row, "pieces": pieces(text, row.get("extracted"), widths), "values": values})

    def _group(self, number: int) -> pyarrow.Table:
        """A whole row group, from memory if it was used lately."""
        with self._lock:
            if number not in self._held:
                group = self._groups[number]
                self._held[number] = self._read(group, [_common(name) for name in self._files[group.file].schema_arrow.names])
            self._held.move_to_end(number)
            while len(self._held) > 1 and sum(held.nbytes for held in self._held.values()) > HELD:
                self._held.popitem(last=False)
            return self._held[number]

    def search(self, text: str) -> list[int]:
        """Rows whose prompt, response, answer, reason or problem id holds a text, whatever its case, in order."""
        import pyarrow as pa

        pc = _compute()
        found: list[int] = []
        for group in self._groups:
            table = self._read(group, SEARCHED)
            hit = np.zeros(table.num_rows, dtype=bool)
            for name in table.column_names:
                hit[_array(pc.indices_nonzero(pc.match_substring(table[name].cast(pa.string()), text, ignore_case=True)))] = True
            found += (group.start + np.flatnonzero(hit)).tolist()
        return found


def _numbers(column: pyarrow.ChunkedArray) -> list[float | None]:
    """Numbers to at most four decimals; None for null and NaN. Through numpy, which is many times faster than value by value."""
    if column.null_count:
        return [None if v is None or v != v else round(v, 4) for v in column.to_pylist()]
    values = _array(column)
    if values.dtype.kind != "f":
        return values.tolist()
    return [None if v != v else v for v in np.round(values, 4).tolist()]


def _array(column: pyarrow.Array | pyarrow.ChunkedArray) -> np.ndarray:
    """Numbers without nulls as numpy has them. Not by `to_numpy`: where pandas is installed that imports it, which takes longer than the whole index."""
    import pyarrow as pa

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.from_dlpack(whole) if len(whole) else np.zeros(0, dtype=whole.type.to_pandas_dtype())


def _common(name: str) -> str:
    """What a column is called here."""
    return NAMES.get(name, name)


def _compute() -> Any:
    """pyarrow.compute; its functions are made when it is imported, so that a type checker does not know them."""
    import pyarrow.compute

    return pyarrow.compute


def _coded(column: pyarrow.ChunkedArray, names: Sequence[str]) -> list[int]:
    """Names as their numbers, -1 for none and others."""
    import pyarrow as pa

    pc = _compute()
    coded = pc.dictionary_encode(column.cast(pa.string()), null_encoding="encode").combine_chunks()
    number = np.array([names.index(name) if name in names else -1 for name in coded.dictionary.to_pylist()], dtype=np.int64)
    return number[_array(coded.indices)].tolist()


def _rounded(values: Sequence[float]) -> list[float]:
    return np.round(np.array(values, dtype=np.float64), 4).tolist()


def pieces(text: str, extracted: str | None, widths: Sequence[int] | None) -> list[tuple[str, int, list[str]]]:
    """A response as stretches: kind (thinking, text or answer), number of the first token, and the text of each token from there.

    A token that stands in two stretches is in both, cut. Where tokens are not known the number is -1 and a stretch is one text.
    """
    cuts = stretches(text, extracted) or [("text", 0, 0)]
    if widths is None or sum(widths) != len(text):
        return [(kind, -1, [text[start:end]]) for kind, start, end in cuts]
    ends = np.cumsum(np.array(widths, dtype=np.int64)).tolist()
    found: list[tuple[str, int, list[str]]] = []
    token = at = 0
    for kind, _, end in cuts:
        first, texts = token, []
        while token < len(ends) and ends[token] <= end and (ends[token] < end or widths[token] or end == len(text)):
            texts.append(text[at : ends[token]])
            at, token = ends[token], token + 1
        if at < end:  # the token goes on in the next stretch
            texts.append(text[at:end])
            at = end
        found.append((kind, first, texts))
    return found


def described(table: Table, others: Mapping[str, Table]) -> dict[str, Any]:
    """The table's index with, for each model that answered its task (itself too), how many samples of each problem are right."""
    index = table.index
    rights = {name: [other.rates.get(problem, (0, 0)) for problem in index["problems"]] for name, other in others.items()}
    return {**index, "total": table.count, "rights": rights, "damaged": table.damaged, "reference": table.source.reference}

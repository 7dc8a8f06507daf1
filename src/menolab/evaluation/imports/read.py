"""One file, whatever wrote it, as samples: what it is is told by what it holds."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from menolab.errors import BadInput
from menolab.evaluation.imports import inspect_logs, lighteval, lm_harness, plain
from menolab.evaluation.imports.log import BOM, Log, read_lines, to_result, to_samples
from menolab.evaluation.record import Result, load
from menolab.evaluation.samples import COLUMNS, Keep, Samples

SUFFIXES = (".json", ".jsonl", ".eval", ".parquet")
"""Of the files in a folder that may be results."""
KNOWN = "a result record, a log of lm-evaluation-harness, inspect_ai or lighteval, or rows with a problem and a score in each"


def read(path: Path, fields: Mapping[str, str] | None = None) -> Samples:
    """The samples in a file: a record of `meno evaluate`, or a log of another program.

    Args:
        fields: where the fields of a log's samples are kept (`log.parse_fields`), in place of the usual places.

    Raises:
        BadInput: missing, broken, aggregates without samples, or of no known layout.
    """
    log = _log(path, fields or {}, scored=True)
    return Samples.load(path) if log is None else to_samples(log, path)  # a record, or an error that says what a record is


def read_whole(path: Path, fields: Mapping[str, str] | None = None, *, intersect: bool = False, keep: Keep | None = None) -> Result:
    """The samples in a file with all that it takes to judge them again; scores of a log are not needed.

    Raises:
        BadInput: as `read` and `grid` do, and samples without a response or without a right answer (counted).
    """
    log = _log(path, fields or {}, scored=False)
    if log is None:
        return load(path, tokens=True)
    if log.decoding.get("request") == "loglikelihood":
        raise BadInput("log", str(path), "is of choices by their log-probability: nothing was written that could be judged")
    for name, what in (("text", "response"), ("gold", "right answer")):
        lacking = [str(row.get("problem")) for row in log.rows if row.get(name) is None]
        if lacking and (not intersect or len(set(lacking)) == len({str(row.get("problem")) for row in log.rows})):
            remedy = f"of {len(log.rows)} samples hold no {what} to judge, in {path} (problem {lacking[0]}); say where it is kept with --fields {name}=FIELD"
            raise BadInput(name, len(lacking), f"{remedy}, or leave such problems out with --intersect")
        if lacking:
            left, bad = f"left out: {len(set(lacking))} problems of {path} hold samples without a {what}", set(lacking)
            log = replace(log, rows=[row for row in log.rows if str(row.get("problem")) not in bad], warnings=[*log.warnings, left])
    return to_result(to_samples(log, path, scored=False), str(path), intersect=intersect, keep=keep)


def _log(path: Path, fields: Mapping[str, str], *, scored: bool) -> Log | None:
    """The log in a file; None where it may be a record."""
    if not path.is_file():
        raise BadInput("result", str(path), "no such file; `meno evaluate` writes one")
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PK\x03\x04":
        data = inspect_logs.read_zip(path)
        with _layout_of("inspect_ai", path):
            return inspect_logs.read(data, path, fields, scored=scored)
    if head == b"PAR1":
        return _parquet(path, fields, scored=scored)
    document = _document(path)
    if document is None:
        rows = list(read_lines(path))
        if lm_harness.recognises(rows[0]):
            with _layout_of("lm-evaluation-harness", path):
                return lm_harness.read(rows, path, fields)
        return plain.read(rows, path, fields, scored=scored)
    if inspect_logs.recognises(document):
        with _layout_of("inspect_ai", path):
            return inspect_logs.read(document, path, fields, scored=scored)
    if isinstance(document, list) and document and all(isinstance(row, dict) for row in document):
        return plain.read(document, path, fields, scored=scored)
    if isinstance(document, dict) and "results" in document and {"config_general", "configs", "config"} & set(document):
        remedy = "holds a harness's scores without its samples; give the file of samples (samples_*.jsonl, details_*.parquet; lm_eval --log_samples)"
        raise BadInput("result", str(path), remedy)
    if not isinstance(document, dict) or "format" not in document:
        fields_there = f" (its fields: {', '.join(list(document)[:20])})" if isinstance(document, dict) and document else ""
        raise BadInput("result", str(path), f"is not {KNOWN}{fields_there}")
    return None


@contextlib.contextmanager
def _layout_of(program: str, path: Path) -> Iterator[None]:
    """Whatever a reader stumbles over in a log that looks like its own is the log's fault, and named."""
    try:
        yield
    except BadInput:
        raise
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        remedy = f"looks like a log of {program} but is not laid out like one ({type(error).__name__}: {error}); copy it again, or give rows as JSON lines"
        raise BadInput("log", str(path), remedy) from error


def _document(path: Path) -> Any:
    """The JSON document that a file holds; None where it holds JSON lines.

    Raises:
        BadInput: neither.
    """
    with path.open("rb") as file:
        filled = (line for line in file if line.strip())
        first, more = next(filled, b""), next(filled, b"")
    if first.removeprefix(BOM).lstrip()[:1] not in (b"{", b"["):
        raise BadInput("result", str(path), f"is empty or not {KNOWN}")
    try:
        if more:
            try:
                return None if isinstance(json.loads(first), dict) else json.loads(path.read_bytes())
            except ValueError:
                pass  # the first line is no document: one document over many lines, or a broken one
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput("result", str(path), f"is not a whole JSON document ({error}); copy it again") from error
    rows = isinstance(document, dict) and (path.suffix == ".jsonl" or lm_harness.recognises(document))
    return None if rows else document


def _parquet(path: Path, fields: Mapping[str, str], *, scored: bool) -> Log:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadInput("result", str(path), f"is a broken Parquet file ({error}); copy it again") from error
    if set(COLUMNS) <= set(table.column_names):
        raise BadInput("result", str(path), "holds the samples of a record; give the record beside it (.json)")
    if not table.num_rows:
        raise BadInput("result", str(path), "holds no sample")
    rows: list[dict[str, Any]] = table.to_pylist()
    if lighteval.recognises(table.column_names):
        with _layout_of("lighteval", path):
            return lighteval.read(rows, path, fields)
    return plain.read(rows, path, fields, scored=scored)

"""A log of another program, as its reader found it, and how it becomes samples."""

from __future__ import annotations

import codecs
import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from menolab.errors import BadInput, unknown
from menolab.evaluation import statistics
from menolab.evaluation.record import UNKNOWN, Record, Result, Row
from menolab.evaluation.samples import COLUMNS, Keep, Samples, absent, as_column, grid
from menolab.evaluation.statistics import Estimate
from menolab.evaluation.votes import RIGHT, normalise

BOM = codecs.BOM_UTF8
"""Some programs of Windows begin their files with it."""
FIELDS = ("problem", "sample", "prompt", "gold", "text", "right", "tokens", "finish", "extracted", "opinion")
"""What may be said of a sample; `right` is its score, `opinion` what a judge or a reward model gave it."""
CHOICES = ("filter",)
"""What else --fields may choose: the filter of lm-evaluation-harness."""
YES = {"c": 1.0, "correct": 1.0, "right": 1.0, "true": 1.0, "yes": 1.0, "pass": 1.0, "passed": 1.0}
NO = {"i": 0.0, "n": 0.0, "incorrect": 0.0, "wrong": 0.0, "false": 0.0, "no": 0.0, "fail": 0.0, "failed": 0.0, "timeout": 0.0}
WORDS = YES | NO | {"p": 0.5, "undecided": math.nan, "nan": math.nan, "": math.nan}
FINISHES = {"stop": "stop", "eos": "stop", "length": "length", "max_tokens": "length", "model_length": "length", "error": "error"}


@dataclass(frozen=True)
class Log:
    """What a reader found."""

    program: str
    task: str
    model: str
    verifier: str
    """Who judged; "unknown ..." where it is not told."""
    decoding: Mapping[str, Any]
    """Empty where it is not told."""
    rows: Sequence[Mapping[str, Any]]
    """One mapping a sample, by `FIELDS`. A key that is absent is not told; without "sample" the samples of a problem are numbered as they come."""
    versions: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()


def to_samples(log: Log, path: Path, *, scored: bool = True) -> Samples:
    """The log's samples with a record of what is known of them.

    Args:
        scored: samples must say a score; without, what is none is NaN.

    Raises:
        BadInput: rows without a problem or a score field, or scores that are no scores.
    """
    if not log.rows:
        raise BadInput("log", str(path), "holds no sample")
    columns = {name: as_column(name, list(values)) for name, values in _columns(log, path, scored=scored).items()}
    score, tokens = columns["score"], columns["tokens"]
    told = {name: any(name in row for row in log.rows) for name in ("finish", "extracted")}
    marks = {
        "pass@1": columns["label"] == "right",
        "truncated": columns["finish"] == "length" if told["finish"] else None,
        "unparsed": absent(columns["extracted"]) if told["extracted"] else None,
        "undecided": columns["label"] == "undecided",
        "errored": columns["finish"] == "error" if told["finish"] else None,
    }
    problem = _codes(columns["problem"])
    metrics = {name: None if mark is None else statistics.share(_means(mark.astype(np.float64), problem)) for name, mark in marks.items()}
    length: Estimate | None = None if np.isnan(tokens).any() else statistics.mean(_means(tokens, problem))
    count = int(problem.max()) + 1
    warnings = [*log.warnings, *([f"{int(np.isnan(score).sum())} samples have no score"] if np.isnan(score).any() else [])]
    record = Record(
        task=log.task,
        problems=count,
        samples=max(1, round(len(score) / count)),
        metrics=metrics | {"length": length},
        length={},
        standard_errors={},
        model=log.model,
        engine=log.program,
        dtype=UNKNOWN,
        decoding=log.decoding,
        task_piece=None,
        verifier=log.verifier,
        key=(),
        problems_hash=UNKNOWN,
        prompts_hash=UNKNOWN,
        tokens={} if length is None else {"completion": int(tokens.sum())},
        seconds={},
        versions=log.versions,
        warnings=tuple(warnings),
    )
    return Samples(record, columns)


def to_result(samples: Samples, name: str = "A", *, intersect: bool = False, keep: Keep | None = None) -> Result:
    """The samples of a log as a result with whole rows, so that they can be judged again; those without a score are undecided. Raises as `grid` does."""
    scored = dict(samples.columns) | {"score": np.nan_to_num(samples.columns["score"])}
    g = grid(Samples(samples.record, scored), name, intersect=intersect, keep=keep)
    columns = {field: scored[field][g.order_PS].ravel().tolist() for field in (*COLUMNS, "text", "opinion")}
    rows = tuple(_row(dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True))
    left = [f"left out: {count} {said}" for said, count in g.dropped.items()]
    record = dataclasses.replace(samples.record, problems=len(g.problems), samples=g.order_PS.shape[1], warnings=(*samples.record.warnings, *left))
    return Result(record, rows)


def _row(values: dict[str, Any]) -> Row:
    answer = values["extracted"]
    vote = None if answer is None else normalise(answer) or None
    known = {name: values[name] or "" for name in ("prompt", "gold", "text")}
    tokens = None if math.isnan(values["tokens"]) else int(values["tokens"])
    vote = RIGHT + vote if vote is not None and values["label"] == "right" else vote
    rest = {"difficulty": 0.0, "facts": "{}", "thinking": None, "first": None, "surprise": None, "reason": ""}
    opinion = None if math.isnan(values["opinion"]) else values["opinion"]
    return Row(**{**values, **known, **rest, "sample": int(values["sample"]), "tokens": tokens, "vote": vote, "opinion": opinion})


def _columns(log: Log, path: Path, *, scored: bool) -> dict[str, Iterable[Any]]:
    rows = log.rows
    named = [row.get("problem") not in (None, "") and row["problem"] == row["problem"] for row in rows]  # a table's missing id may be NaN
    lacking = next((i for i, (has, row) in enumerate(zip(named, rows, strict=True), 1) if not has or (scored and "right" not in row)), None)
    if lacking is not None:
        name = "right" if named[lacking - 1] else "problem"
        raise BadInput("log", str(path), f"sample {lacking} has no {name}; say where it is kept with --fields {name}=FIELD")
    scores = [score_of(row["right"], path) for row in rows] if scored else [_score_if_any(row.get("right"), path) for row in rows]
    problems = [_text(row["problem"]) or "" for row in rows]
    return {
        "problem": problems,
        "sample": [i if math.isnan(n) else n for n, i in zip(_numbers("sample", rows, path, whole=True), _running(problems), strict=True)],
        "prompt": [_text(row.get("prompt")) for row in rows],
        "gold": [_text(row.get("gold")) for row in rows],
        "text": [_text(row.get("text")) for row in rows],
        "finish": [FINISHES.get(str(row.get("finish")), UNKNOWN) for row in rows],
        "tokens": _numbers("tokens", rows, path, whole=True),
        "label": ["right" if score == 1 else "wrong" if score == 0 else "undecided" for score in scores],
        "score": scores,
        "stage": ["imported"] * len(rows),
        "extracted": [_text(row.get("extracted")) for row in rows],
        "vote": [None] * len(rows),
        "opinion": _numbers("opinion", rows, path, whole=False),
    }


def _score_if_any(value: Any, path: Path) -> float:
    """As `score_of`; NaN where it refuses."""
    try:
        return score_of(value, path)
    except BadInput:
        return math.nan


def score_of(value: Any, path: Path) -> float:
    """A score as a number, NaN where there is none.

    Raises:
        BadInput: a value that is no score.
    """
    if isinstance(value, bool):
        return float(value)
    if value is None:
        return math.nan
    word = value.strip().lower() if isinstance(value, str) else None
    if word in WORDS:
        return WORDS[word]
    number = _number(value)
    if number is not None and not math.isinf(number):
        return number
    raise BadInput("right", value, f"is not a score, in {path}; say where scores are kept with --fields right=FIELD")


def _number(value: Any) -> float | None:
    """A number, or a text that writes one, as float; None for anything else."""
    try:
        return float(value) if isinstance(value, (bool, int, float, str)) else None
    except (ValueError, OverflowError):
        return None


def _numbers(name: str, rows: Sequence[Mapping[str, Any]], path: Path, *, whole: bool) -> list[float]:
    """A field of all samples as finite numbers, whole ones from 0 on if they count something; NaN where there is none.

    Raises:
        BadInput: anything else (its sample).
    """
    found = []
    for at, value in enumerate((row.get(name) for row in rows), 1):
        if type(value) is int and 0 <= value < 2**31:  # by far the most frequent
            found.append(value)
            continue
        number = math.nan if value is None else _number(value)
        if number is None or math.isinf(number) or (whole and not math.isnan(number) and not (0 <= number < 2**31 and number % 1 == 0)):
            kind = "whole number from 0 on" if whole else "number"
            raise BadInput(name, value, f"of sample {at} is no {kind}, in {path}; say where it is kept with --fields {name}=FIELD")
        found.append(number)
    return found


def get(row: Mapping[str, Any], path: str) -> Any:
    """The value at "a.b.0|c": the first alternative that is there, each a key or keys and indices joined by dots; None if none is."""
    if row.get(path) is not None:  # by far the most frequent
        return row[path]
    for option in path.split("|"):
        value: Any = row
        for part in [option] if option in row else option.split("."):
            if isinstance(value, Mapping):
                value = value.get(part)
            elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            else:
                value = None
        if value is not None:
            return value
    return None


def chosen(row: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """What --fields says of a raw row."""
    return {name: get(row, path) for name, path in fields.items() if name in FIELDS}


def parse_fields(texts: Sequence[str]) -> dict[str, str]:
    """The map that "problem=doc_id,right=acc" says.

    Raises:
        BadInput: an unknown name, or no equals sign.
    """
    found = {}
    for part in (part for text in texts for part in text.split(",") if part):
        name, equals, path = part.partition("=")
        if not equals or not path:
            raise BadInput("--fields", part, "say name=field, e.g. problem=doc_id,right=acc")
        if name not in (*FIELDS, *CHOICES):
            raise unknown("--fields", name, (*FIELDS, *CHOICES))
        found[name] = path
    return found


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file.

    Raises:
        BadInput: a line that is none (its number, and whether it is the last: a writer that was killed).
    """
    lines = path.read_bytes().removeprefix(BOM).split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        try:
            row = json.loads(line.decode())
        except (ValueError, RecursionError) as error:
            last = not any(rest.strip() for rest in lines[number:])
            raise BadInput("log", str(path), f"line {number} is not JSON ({error}){'; it is the last, so the log was cut short' if last else ''}") from error
        if not isinstance(row, dict):
            raise BadInput("log", str(path), f"line {number} is no JSON object")
        yield row


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=str)


def _running(problems: Sequence[str]) -> Iterator[int]:
    seen: dict[str, int] = {}
    for problem in problems:
        seen[problem] = seen.get(problem, -1) + 1
        yield seen[problem]


def _codes(problem: np.ndarray) -> np.ndarray:
    ids: dict[str, int] = {}
    return np.fromiter((ids.setdefault(i, len(ids)) for i in problem), dtype=np.int64, count=len(problem))


def _means(values: np.ndarray, problem: np.ndarray) -> np.ndarray:
    return np.bincount(problem, weights=values) / np.bincount(problem)

"""Plain rows: JSON lines, a JSON list or a Parquet table with a problem and a score in each row, under whatever names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from menolab.errors import BadInput
from menolab.evaluation.imports.log import FIELDS, Log, get

USUAL = {
    "problem": "id|problem_id|doc_id|task_id|question_id|unique_id|idx|problem|question|prompt",
    "sample": "sample|sample_id|sample_index|epoch",
    "prompt": "prompt|question|problem",
    "gold": "gold|answer|target|gt|expected",
    "text": "response|text|output|completion|generation|resps|code",
    "right": "right|correct|is_correct|passed|verdict|label|acc|accuracy|exact_match|score|reward",
    "tokens": "tokens|completion_tokens|output_tokens|num_tokens",
    "finish": "finish|finish_reason|stop_reason",
    "extracted": "extracted|extracted_answer|prediction|pred",
    "opinion": "judge_score|reward_score|rm_score|confidence",
}
"""Where each field is looked for, the likeliest name first."""


def read(rows: Sequence[Mapping[str, Any]], path: Path, fields: Mapping[str, str], *, scored: bool = True) -> Log:
    """The log in rows. A row whose score is a list holds one sample an entry; its other lists of that length go with it. So does a list of texts without
    scores, where `scored` does not ask for them.

    Raises:
        BadInput: no field for problem or score, in rows of which none has one under a usual name.
    """
    first: dict[str, None] = {}
    for row in rows[:100]:  # a field may be missing from some rows
        first |= dict.fromkeys(row)
    where = {name: fields.get(name) or next((option for option in USUAL[name].split("|") if option in first), None) for name in FIELDS}
    for name in ("problem", "right") if scored else ("problem",):
        if where[name] is None:
            remedy = f"no field looks like {'the id of the problem' if name == 'problem' else 'a score'}; say which with --fields {name}=FIELD"
            raise BadInput("log", str(path), f"{remedy} (its fields: {', '.join(list(first)[:20])})")
    paths = {name: option for name, option in where.items() if option is not None}
    model = next((str(row["model"]) for row in rows if row.get("model")), "unknown")
    return Log(
        program="rows",
        task=str(next((row["task"] for row in rows if row.get("task")), path.stem)),
        model=model,
        verifier=f"unknown (field {paths['right']})" if "right" in paths else "unknown (no score)",
        decoding={},
        rows=[sample for row in rows for sample in _samples(row, paths)],
    )


def _samples(row: Mapping[str, Any], paths: Mapping[str, str]) -> list[dict[str, Any]]:
    found = {name: get(row, path) if (value := row.get(path)) is None else value for name, path in paths.items()}
    if found.get("sample") is None:
        found.pop("sample", None)  # not numbered: as they come
    counted = found.get("right") if "right" in found else found.get("text")
    if not isinstance(counted, list):
        return [found]
    several = {name: values for name, values in found.items() if isinstance(values, list) and len(values) == len(counted) and name != "gold"}
    return [found | {name: values[i] for name, values in several.items()} | {"sample": i} for i in range(len(counted))]

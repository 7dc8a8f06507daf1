"""Logs of lighteval: ``details/MODEL/DATE/details_TASK_DATE.parquet``.

One row a document: `doc`, `model_response` and `metric`. Where a document has several responses its metrics are of all of them together, so it is one sample.
Layout: src/lighteval/logging/info_loggers.py (`DetailsLogger.Detail`), tasks/requests.py (`Doc`) and models/model_output.py (`ModelResponse`) of
huggingface/lighteval at 3fd1526.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from menolab.evaluation.imports.log import Log, chosen


def recognises(columns: Collection[str]) -> bool:
    """Whether a table with these columns is such a log."""
    return {"doc", "model_response", "metric"} <= set(columns)


def read(rows: Sequence[Mapping[str, Any]], path: Path, fields: Mapping[str, str]) -> Log:
    """The log. Of several metrics the first that is a number counts unless `fields` chooses (``right=metric.NAME``)."""
    metrics = [name for name, value in rows[0]["metric"].items() if isinstance(value, (bool, int, float))] if rows else []
    metric = fields.get("right") or (f"metric.{metrics[0]}" if metrics else "metric")
    found = re.fullmatch(r"details_(.+)_(\d{4}-\d\d-\d\dT.+)\.parquet", path.name)
    parents = path.resolve().parts
    model = "/".join(parents[parents.index("details") + 1 : -2]) if "details" in parents[:-2] else ""
    warnings = []
    if len(metrics) > 1 and "right" not in fields:
        warnings.append(f"the log holds metrics {', '.join(metrics[1:])} too; choose with --fields right=metric.{metrics[1]}")
    first = rows[0]["doc"] if rows else {}
    several = max((len(row["model_response"].get("text") or []) for row in rows), default=0)
    if several > 1:
        warnings.append(f"scores are of {several} responses together, of which the first is shown")
    return Log(
        program="lighteval",
        task=str(first.get("task_name") or (found[1] if found else path.stem)),
        model=model or "unknown",
        verifier=f"lighteval: {metric}",
        decoding={name: first[name] for name in ("generation_size", "num_samples", "stop_sequences") if first.get(name) is not None},
        rows=[_sample(row, metrics) | chosen(row, fields) for row in rows],
        warnings=warnings,
    )


def _sample(row: Mapping[str, Any], metrics: Sequence[str]) -> dict[str, Any]:
    doc, response = row["doc"], row["model_response"]
    texts, tokens = response.get("text") or [], response.get("output_tokens") or []
    choices, gold = doc.get("choices") or [], doc.get("gold_index")
    golds = [str(choices[i]) for i in (gold if isinstance(gold, list) else [gold]) if i is not None and 0 <= i < len(choices)]
    sample: dict[str, Any] = {"problem": doc.get("id") or doc.get("query"), "sample": 0, "prompt": doc.get("query"), "gold": " | ".join(golds) or None}
    if metrics:
        sample["right"] = row["metric"].get(metrics[0])
    if texts:
        return sample | {"text": texts[0], "tokens": len(tokens[0]) if len(tokens) == 1 else None}
    scores = response.get("logprobs") or []
    best = str(choices[max(range(len(scores)), key=scores.__getitem__)]).strip() if scores and len(scores) == len(choices) else None
    return sample | {"text": best, "extracted": best}

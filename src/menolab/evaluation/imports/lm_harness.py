"""Logs of lm-evaluation-harness: ``samples_TASK_DATE.jsonl``, and ``results_DATE.json`` beside it where it is there.

One row a document and filter; with `repeats` the score is of all responses to the document together, so it is one sample. Layout: lm_eval/evaluator.py
(`evaluate`) and lm_eval/loggers/evaluation_tracker.py (`save_results_samples`) of EleutherAI/lm-evaluation-harness at 4e7e0d4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from menolab.errors import unknown
from menolab.evaluation.imports.log import Log, chosen

INVALID = "[invalid]"
"""What its extraction filters give where they find no answer."""
RESERVED = {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash", "target_hash"}


def recognises(row: Mapping[str, Any]) -> bool:
    """Whether a row is one of these logs'."""
    return {"doc_id", "resps", "filtered_resps"} <= set(row)


def read(rows: Sequence[Mapping[str, Any]], path: Path, fields: Mapping[str, str]) -> Log:
    """The log in the rows of the file at `path`.

    Of several filters the first counts, of several metrics the first, unless `fields` chooses (``filter=strict-match,right=acc_norm``).

    Raises:
        BadInput: no such filter.
    """
    filters = list(dict.fromkeys(str(row.get("filter", "none")) for row in rows))
    kept = fields.get("filter", filters[0])
    if kept not in filters:
        raise unknown("--fields filter", kept, filters)
    rows = [row for row in rows if str(row.get("filter", "none")) == kept]
    metrics = rows[0].get("metrics") or [name for name, value in rows[0].items() if name not in RESERVED and isinstance(value, (int, float))]
    metric = fields.get("right") or (metrics[0] if metrics else "right")
    found = re.fullmatch(r"samples_(.+)_(\d{4}-\d\d-\d\dT.+)\.jsonl", path.name)
    task = found[1] if found else path.stem
    results = _results(path.with_name(f"results_{found[2]}.json")) if found else {}
    first = _arguments(rows[0])
    others = [f"{what} {', '.join(more)} too; choose with --fields {flag}={more[0]}" for what, flag, more in (
        ("filters", "filter", [f for f in filters if f != kept]), ("metrics", "right", [m for m in metrics if m != metric and "right" not in fields])
    ) if more]  # fmt: skip
    return Log(
        program="lm-evaluation-harness",
        task=task,
        model=str(results.get("model_name") or (path.resolve().parent.name if found else "unknown")),
        verifier=f"lm-evaluation-harness: {metric}, filter {kept}" + (f", version {v}" if (v := (results.get("versions") or {}).get(task)) else ""),
        decoding=first[0][1] if first and isinstance(first[0][1], dict) else {"request": "loglikelihood"} if first else {},
        rows=[_sample(row, metric, kept) | chosen(row, fields) for row in rows],
        versions={"lm_eval": str(v)} if (v := results.get("lm_eval_version")) else {},
        warnings=[f"the log holds {other}" for other in others],
    )


def _sample(row: Mapping[str, Any], metric: str, kept: str) -> dict[str, Any]:
    arguments = _arguments(row)
    sample: dict[str, Any] = {"problem": row["doc_id"], "sample": 0, "gold": row.get("target"), "prompt": arguments[0][0] if arguments else None}
    if metric in row:
        sample["right"] = row[metric]
    answers = row["filtered_resps"]
    if len(arguments) > 1 and isinstance(answers[0], list):  # multiple choice: one [log-probability, is greedy] a choice, both as text
        best = max(range(len(answers)), key=lambda i: float(answers[i][0]))
        text = str(arguments[best][1]).strip()
        return sample | {"text": text, "extracted": text}
    texts = row["resps"][0] if row["resps"] else []
    text = texts[0] if isinstance(texts, list) and texts else texts
    sample["text"] = text if isinstance(text, str) else None
    if kept != "none" and answers:
        answer = answers[0][0] if isinstance(answers[0], list) and answers[0] else answers[0]
        sample["extracted"] = None if answer == INVALID else answer
    return sample


def _arguments(row: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """(context, continuation or generation options) of each request; older versions kept lists."""
    arguments = row.get("arguments") or []
    if isinstance(arguments, dict):
        return [(pair.get("arg_0"), pair.get("arg_1")) for pair in arguments.values()]
    return [(pair[0], pair[1] if len(pair) > 1 else None) for pair in arguments if pair]


def _results(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}  # the file only adds the model's name and versions
    return data if isinstance(data, dict) else {}

"""Logs of inspect_ai: ``.eval`` (a zip of JSON files) and ``.json``.

Layout: src/inspect_ai/log/_log.py (`EvalLog`, `EvalSample`), _recorders/eval.py (the names in the zip) and scorer/_metric.py (`value_to_float`: C, I, P, N) of
UKGovernmentBEIS/inspect_ai at 499e615; recent zips are compressed by Zstandard, which Python's zipfile reads from 3.14 on.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from menolab.errors import BadInput
from menolab.evaluation.imports.log import Log, chosen

ZSTD = 93
"""The number of Zstandard among a zip's methods (APPNOTE.TXT 4.4.5)."""
GENERATION = ("temperature", "top_p", "top_k", "max_tokens", "stop_seqs", "num_choices", "frequency_penalty", "presence_penalty", "system_message",
              "reasoning_effort", "reasoning_tokens", "max_tool_output")  # fmt: skip
LIMITS = ("message_limit", "token_limit", "time_limit", "working_limit")


def recognises(data: Any) -> bool:
    """Whether a JSON document is such a log."""
    return isinstance(data, dict) and {"version", "status", "eval"} <= set(data) and "task" in (data["eval"] or {})


def read(data: Mapping[str, Any], path: Path, fields: Mapping[str, str], *, scored: bool = True) -> Log:
    """The log in a JSON document. Of several scorers the first counts unless `fields` chooses (``right=scores.NAME.value``).

    Raises:
        BadInput: no samples in it, or, where `scored` asks for scores, none or a scorer whose values are none.
    """
    spec, samples = data["eval"], data.get("samples") or []
    if not samples:
        raise BadInput("log", str(path), "holds no samples (inspect_ai wrote its header only); run it with --log-samples")
    names = list(dict.fromkeys([*(s["name"] for s in spec.get("scorers") or []), *(name for sample in samples for name in sample.get("scores") or {})]))
    scorer = next((name for name in names if any(name in (sample.get("scores") or {}) for sample in samples)), None)
    if scored and scorer is None and "right" not in fields:
        raise BadInput("log", str(path), "its samples have no scores; score it first (`inspect score`)")
    options = next((s.get("options") for s in spec.get("scorers") or [] if s["name"] == scorer), None)
    used = {**(spec.get("model_generate_config") or {}), **((data.get("plan") or {}).get("config") or {}), **(spec.get("config") or {})}
    warnings = [f"the log's status is {data['status']}, not success"] if data["status"] != "success" else []
    if len(names) > 1 and "right" not in fields:
        others = [name for name in names if name != scorer]
        warnings.append(f"the log holds scorers {', '.join(others)} too; choose with --fields right=scores.{others[0]}.value")
    return Log(
        program="inspect_ai",
        task=str(spec["task"]),
        model=str(spec.get("model", "unknown")),
        verifier=f"inspect_ai: {fields.get('right', scorer)}{json.dumps(options, sort_keys=True) if options else ''}",
        decoding={name: used[name] for name in (*GENERATION, *LIMITS) if used.get(name) is not None},
        rows=[_sample(sample, scorer, path, scored=scored) | chosen(sample, fields) for sample in samples],
        versions={name: str(version) for name, version in (spec.get("packages") or {}).items()},
        warnings=warnings,
    )


def read_zip(path: Path) -> dict[str, Any]:
    """The whole log in an ``.eval`` file, as the JSON document it stands for.

    Raises:
        BadInput: no zip, a broken one, or one of something else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            head = next((name for name in ("header.json", "_journal/start.json") if name in names), None)
            if head is None:
                raise BadInput("log", str(path), "is a zip, but none of inspect_ai (no header.json in it)")
            data = json.loads(_entry(archive, path, head))
            samples = [json.loads(_entry(archive, path, name)) for name in names if name.startswith("samples/") and name.endswith(".json")]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RecursionError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput("log", str(path), f"is a broken .eval file ({error}); copy it again") from error
    # A run that was killed has no header.json, whose part it is to say how the run ended.
    return {"status": "started"} | data | {"samples": sorted(samples, key=lambda s: (str(s.get("id")), s.get("epoch", 1)))}


def _entry(archive: zipfile.ZipFile, path: Path, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.compress_type != ZSTD:
        return archive.read(name)
    import pyarrow as pa

    with path.open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(30)  # the local header: its last four bytes are the lengths of the name and of the extra field
        file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        return pa.decompress(file.read(info.compress_size), info.file_size, codec="zstd", asbytes=True) if info.file_size else b""


def _sample(sample: Mapping[str, Any], scorer: str | None, path: Path, *, scored: bool) -> dict[str, Any]:
    output = sample.get("output") or {}
    choice = (output.get("choices") or [{}])[0]
    score = (sample.get("scores") or {}).get(scorer)
    value = score.get("value") if score else None
    if scored and isinstance(value, (dict, list)):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        options = " or ".join(f"right=scores.{scorer}.value.{key}" for key in keys)
        raise BadInput("right", value, f"{scorer} gives several scores, in {path}; choose one: --fields {options}")
    target, attachments = sample.get("target"), sample.get("attachments") or {}
    asked = list(takewhile(lambda message: message.get("role") != "assistant", sample.get("messages") or []))  # what solvers made of the input
    return {
        "problem": sample.get("id"),
        "sample": None if sample.get("epoch") is None else sample["epoch"] - 1,
        "prompt": _said(asked or sample.get("input"), attachments),
        "gold": target if isinstance(target, str) or not isinstance(target, list) else " | ".join(map(str, target)),
        "text": _said((choice.get("message") or {}).get("content"), attachments),
        "right": value,
        "tokens": (output.get("usage") or {}).get("output_tokens"),
        "finish": "error" if sample.get("error") else choice.get("stop_reason"),
        "extracted": score.get("answer") if score else None,
    }


def _said(content: Any, attachments: Mapping[str, str]) -> str | None:
    """Text of a message's content, or of a list of messages or parts (reasoning and images left out)."""
    if isinstance(content, str):
        return attachments.get(content.removeprefix("attachment://"), content) if content.startswith("attachment://") else content
    if not isinstance(content, Sequence):
        return None
    parts = [part.get("content", part.get("text")) for part in content if isinstance(part, dict)]
    return "\n".join(text for part in parts if (text := _said(part, attachments)) is not None)

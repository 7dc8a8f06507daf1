"""Logs as other programs write them, small and made by hand after their sources (see the readers' docstrings)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DATE = "2025-06-01T10-20-30.123456"


def lm_harness(folder: Path, rights: Sequence[float], *, task: str = "gsm8k", temperature: float = 0.0, model: str = "org/one") -> Path:
    """A generation task with two filters: the strict one finds no answer in wrong responses."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in ("strict-match", "flexible-extract"):
        for i, right in enumerate(rights):
            answer = str(i) if right else "[invalid]" if name == "strict-match" else "77"
            rows.append({
                "doc_id": i, "doc": {"question": f"what is {i}?", "answer": f"#### {i}"}, "target": str(i),
                "arguments": {"gen_args_0": {"arg_0": f"Q: what is {i}?", "arg_1": {"until": ["\n\n"], "do_sample": False, "temperature": temperature}}},
                "resps": [[f"I say {answer}."]], "filtered_resps": [answer], "filter": name, "metrics": ["exact_match"],
                "doc_hash": f"d{i}", "prompt_hash": f"p{i}", "target_hash": f"t{i}", "exact_match": right,
            })  # fmt: skip
    path = folder / f"samples_{task}_{DATE}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    results = {"results": {task: {"alias": task, "exact_match,strict-match": 0.5}}, "configs": {task: {}}, "versions": {task: 3.0}, "model_name": model,
               "lm_eval_version": "0.4.9"}  # fmt: skip
    (folder / f"results_{DATE}.json").write_text(json.dumps(results, indent=2))
    return path


def lm_harness_choices(folder: Path, rights: Sequence[int]) -> Path:
    """A multiple-choice task: log-probabilities as text, two metrics, no filter but "none"."""
    rows = [
        {
            "doc_id": i, "doc": {"question": "?"}, "target": "1",
            "arguments": {"gen_args_0": {"arg_0": f"Q{i}", "arg_1": " no"}, "gen_args_1": {"arg_0": f"Q{i}", "arg_1": " yes"}},
            "resps": [[["-3.0", "False"]], [["-1.0" if right else "-9.0", "True"]]],
            "filtered_resps": [["-3.0", "False"], ["-1.0" if right else "-9.0", "True"]],
            "filter": "none", "metrics": ["acc", "acc_norm"], "doc_hash": "", "prompt_hash": "", "target_hash": "", "acc": float(right), "acc_norm": 1.0,
        }
        for i, right in enumerate(rights)
    ]  # fmt: skip
    path = folder / f"samples_arc_{DATE}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def inspect_log(values: Mapping[tuple[int, int], Any], **changes: Any) -> dict[str, Any]:
    """An inspect_ai log of (sample id, epoch) -> value of its one scorer."""
    samples = []
    for (i, epoch), value in values.items():
        samples.append({
            "id": i, "epoch": epoch, "input": f"what is {i}?", "target": str(i),
            "messages": [{"role": "user", "content": f"what is {i}?"}],
            "output": {
                "model": "one",
                "choices": [{"message": {"role": "assistant", "content": f"It is {i}."}, "stop_reason": "stop" if epoch == 1 else "max_tokens"}],
                "usage": {"input_tokens": 5, "output_tokens": 7 + epoch, "total_tokens": 12 + epoch},
            },
            "scores": {"match": {"value": value, "answer": str(i) if value == "C" else None, "explanation": ""}}, "metadata": {}, "store": {}, "events": [],
        })  # fmt: skip
    spec = {"run_id": "r", "task": "sums", "model": "openai/one", "model_generate_config": {"temperature": 0.5}, "config": {"epochs": 2, "message_limit": 9},
            "scorers": [{"name": "match", "options": {"numeric": True}}], "packages": {"inspect_ai": "0.3.95"}}  # fmt: skip
    return {"version": 2, "status": "success", "eval": spec, "plan": {"name": "plan", "config": {"max_tokens": 64}}, "samples": samples, **changes}


def inspect_zip(path: Path, log: Mapping[str, Any], *, killed: bool = False, zstd: bool = False) -> Path:
    """The same as an ``.eval`` file; with `zstd` compressed as recent versions do (what Python's zipfile cannot write is put together by hand)."""
    head = {key: value for key, value in log.items() if key not in ("samples", *(["status"] if killed else []))}
    entries = {f"samples/{s['id']}_epoch_{s['epoch']}.json": s for s in log["samples"]} | {"_journal/start.json" if killed else "header.json": head}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED if zstd else zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, _packed(json.dumps(data)) if zstd else json.dumps(data))
    if zstd:
        _call_it_zstd(path, {name: len(json.dumps(data)) for name, data in entries.items()})
    return path


def _packed(text: str) -> bytes:
    import pyarrow as pa

    return pa.compress(text.encode(), codec="zstd", asbytes=True)


def _call_it_zstd(path: Path, sizes: Mapping[str, int]) -> None:
    """Set the method and the uncompressed size in the central directory: signature PK 1 2, method at 10, size at 24, lengths at 28, 30, 32, name at 46."""
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        length = int.from_bytes(content[at + 28 : at + 30], "little")
        name = content[at + 46 : at + 46 + length].decode()
        content[at + 10 : at + 12] = (93).to_bytes(2, "little")
        content[at + 24 : at + 28] = sizes[name].to_bytes(4, "little")
        at = content.find(b"PK\x01\x02", at + 46 + length)
    path.write_bytes(bytes(content))


def lighteval(folder: Path, rights: Sequence[float], *, responses: int = 1) -> Path:
    """A generation task's details under ``details/MODEL/DATE``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            "doc": {"query": f"what is {i}?", "choices": [str(i)], "gold_index": [0], "id": str(i), "task_name": "aime24|0", "generation_size": 32768,
                    "num_samples": responses, "stop_sequences": []},
            "model_response": {"text": [f"It is {i}."] * responses, "output_tokens": [[1, 2, 3]] * responses, "logprobs": []},
            "metric": {"extractive_match": right},
        }
        for i, right in enumerate(rights)
    ]  # fmt: skip
    path = folder / "details" / "org" / "one" / DATE / f"details_aime24|0_{DATE}.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path

"""Gold answers of the mathematics files in the shared data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet


def by_file(folder: Path) -> dict[str, list[str]]:
    """File -> its gold answers as text."""
    return {name: [str(answer) for answer in answers if answer is not None] for name, answers in _files(folder)}


def _files(folder: Path) -> Iterator[tuple[str, list[Any]]]:
    for split in ("train", "test"):
        yield f"gsm8k/{split}", [row["answer"].split("####")[-1].strip() for row in _lines(folder / "gsm8k" / f"{split}.jsonl")]
    yield "math/test", [boxed(row["solution"]) for row in _lines(folder / "math" / "test_5000_tora.jsonl")]
    yield "minerva_math", [boxed(row["solution"]) for row in _lines(folder / "minerva_math" / "test.jsonl")]
    yield "olympiadbench", [row["final_answer"][0] for row in _lines(folder / "olympiadbench" / "test.jsonl")]
    for path in [*sorted(folder.glob("math500/*.jsonl")), *sorted(folder.glob("aime/*.jsonl")), *sorted(folder.glob("amc/*.jsonl")),
    *sorted(folder.glob("olymmath/*.jsonl"))]:
        yield str(path.relative_to(folder)), [row["answer"] for row in _lines(path)]
    for path in [folder / "math" / "train_rllm.json", *sorted(folder.glob("a[im]*/*.json")), *sorted(folder.glob("deepscaler_rllm/*.json"))]:
        yield str(path.relative_to(folder)), [row["answer"] for row in json.loads(path.read_text(encoding="utf-8")) if "answer" in row]
    for path in sorted(folder.glob("open_reasoner_zero/*.json")):
        yield str(path.relative_to(folder)), [row["final_answer"] for row in json.loads(path.read_text(encoding="utf-8"))]
    for path in sorted(folder.glob("one_shot_rlvr/*.parquet")):
        yield str(path.relative_to(folder)), [row["ground_truth"] for row in parquet.read_table(path).column("reward_model").to_pylist()]
    for path in sorted(folder.rglob("*.arrow")):
        with pa.memory_map(str(path)) as stream:
            table = pa.ipc.open_stream(stream).read_all()
        yield str(path.relative_to(folder)), table.column("answer" if "answer" in table.column_names else "gt_answer").to_pylist()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def boxed(solution: str) -> str | None:
    """The content of the last box of a reference solution."""
    at = max(solution.rfind("\\boxed"), solution.rfind("\\fbox"))
    opening = solution.find("{", at)
    if at < 0 or not 0 <= opening - at <= 8:
        return solution[at + 6 :].split("$")[0].strip() if at >= 0 else None
    depth = 0
    for end in range(opening, len(solution)):
        depth += {"{": 1, "}": -1}.get(solution[end], 0)
        if depth == 0:
            return solution[opening + 1 : end]
    return None

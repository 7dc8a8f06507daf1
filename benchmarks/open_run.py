#!/usr/bin/env python3
"""Opening a run of many rollouts: seconds and memory of `meno view` from its start to the first sample; prints one JSON line.

    python benchmarks/open_run.py [ROLLOUTS] [TOKENS]

ROLLOUTS (100,000) of TOKENS (160) tokens each are made in a temporary folder, in ten steps of training, with a probability and an entropy for every token.
Then `meno view` is started, and asked for what a browser asks: the viewer's page, the index of the table, the first sample, one far away, a search.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

STEPS = 10
ROW_GROUP = 1024  # as training writes


def make(folder: Path, rollouts: int, tokens: int) -> None:
    """A run folder with so many stored rollouts of so many tokens."""
    (folder / "rollouts").mkdir(parents=True)
    (folder / "recipe.json").write_text("{}")
    rng = np.random.default_rng(0)
    words = np.array(["alpha", "so the", "sum is", "wait, check", "12", "97", " = ", "(a+b)", "therefore", "\n"])
    for step in range(1, STEPS + 1):
        n = rollouts // STEPS
        drawn_NT = words[rng.integers(0, len(words), (n, tokens))]
        ends = pa.array(np.arange(0, n * tokens + 1, tokens, dtype=np.int32))
        problem = [f"problem-{step}-{i // 8}" for i in range(n)]

        def column(values: np.ndarray, ends: pa.Array = ends) -> pa.ListArray:
            return pa.ListArray.from_arrays(ends, pa.array(values.ravel().astype(np.float16).astype(np.float32)))

        table = pa.table({
            "step": [step] * n, "problem": problem, "task": ["big"] * n, "gold": ["42"] * n, "sample": [i % 8 for i in range(n)],
            "prompt": [f"What is the answer to {p}? " + "Consider it with care. " * 6 for p in problem], "response": ["".join(row) for row in drawn_NT],
            "tokens": [tokens] * n, "finish": ["stop"] * n, "verdict": np.where(rng.random(n) < 0.4, "right", "wrong").tolist(), "stage": ["compare"] * n,
            "reason": ["equal"] * n, "extracted": ["97"] * n, "reward": rng.random(n), "terms": ['{"Accuracy": 1.0}'] * n,
            "widths": pa.ListArray.from_arrays(ends, pa.array(np.char.str_len(drawn_NT).ravel().astype(np.int32))),
            "logprobs": column(-rng.exponential(0.4, (n, tokens))), "entropy": column(rng.exponential(0.4, (n, tokens))),
            "credit": column(np.repeat(rng.normal(size=(n, 1)), tokens, 1)),
        })  # fmt: skip
        pq.write_table(table, folder / "rollouts" / f"step-{step:06d}.parquet", compression="zstd", row_group_size=ROW_GROUP)


def measure(folder: Path, rollouts: int) -> dict[str, Any]:
    """What opening the run costs."""
    command = [sys.executable, "-c", "from menolab.cli.main import entry; entry()", "view", str(folder), "--port", "0", "--json"]
    began = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = ""
    while not said.rstrip().endswith("}"):
        said += server.stdout.readline()
    url, run = json.loads(said)["url"], quote(folder.name)
    seconds = {"listening": time.perf_counter() - began}

    def ask(path: str) -> bytes:
        with urllib.request.urlopen(url + path) as answer:
            return answer.read()

    ask(f"samples?run={run}")
    size = len(ask(f"api/index?run={run}&source=rollouts"))
    ask(f"api/row?run={run}&source=rollouts&at=0")
    seconds["opened"] = time.perf_counter() - began
    ticks = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    peak = int(Path(f"/proc/{server.pid}/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    table = f"run={run}&source=rollouts"
    for name, path in (("another", f"api/row?{table}&at={rollouts - 7}"), ("search", f"api/search?{table}&text=problem-3-77")):
        at = time.perf_counter()
        ask(path)
        seconds[name] = time.perf_counter() - at
    server.terminate()
    server.wait()
    return {"rollouts": rollouts, "index_bytes": size, "seconds": {k: round(v, 3) for k, v in seconds.items()}, "cpu_seconds": cpu, "peak_rss_bytes": peak}


if __name__ == "__main__":
    count, width = (int(word) for word in (sys.argv[1:] + ["100000", "160"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as scratch:
        make(Path(scratch) / "run", count, width)
        for _ in range(3):
            print(json.dumps(measure(Path(scratch) / "run", count)))

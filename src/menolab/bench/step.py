"""A whole training step: our product path beside TRL's GRPOTrainer, each in processes of its own, in turn."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from menolab.bench import child
from menolab.bench.clock import QUIET, Lap, interleave, ratio
from menolab.bench.memory import peak_device, peak_rss
from menolab.bench.workload import PROBLEMS, Workload, problems, write_model, write_problems
from menolab.load import Moment, others
from menolab.pieces import CHECKOUT

if TYPE_CHECKING:
    from menolab.runs.recipe import Recipe

WARMUP = 2
"""Steps that are not counted: the first ones of a process prepare kernels and buffers."""
LAPS = ("sample", "verify", "update")
PEER = CHECKOUT / "benchmarks" / "trl_step.py"
INSTALL = "TRL is not installed; `pip install 'trl>=1.0'` (or menolab[bench]) for the comparison"


def compare(work: Workload, repeats: int, steps: int, *, with_peer: bool = True, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Seconds a step and how many times as fast ours is (median, min, max over rounds), split into sampling, verifying, updating and the rest.

    With the reward "right", whose groups are dead on a fresh model, ours is measured twice: skipping the rollouts without credit, and ("ours_learning_all")
    with the reward "digits", where none can be skipped.

    Raises:
        BadInput: a device that this machine lacks.
        RunFailed: a measurement failed.
    """
    work.settle()
    note = "" if not with_peer else missing()
    sides = {"ours": _side("step:ours", work, steps)}
    if work.reward == "right":
        sides["ours_learning_all"] = _side("step:ours", replace(work, reward="digits"), steps)
    if with_peer and not note:
        sides["peer"] = _side("step:peer", work, steps)
    laps = interleave(sides, repeats, say=say)
    row = work.data | {"steps": steps, "note": note, "peer": None, "ratio": None} | {name: _over_rounds(found) for name, found in laps.items()}
    if "peer" in laps:
        for name in laps.keys() - {"peer"}:
            row[name.replace("ours", "ratio")] = asdict(ratio([lap.seconds for lap in laps["peer"]], [lap.seconds for lap in laps[name]]))
    return row


def missing() -> str:
    """Why the peer cannot be measured; "" if it can."""
    if not PEER.is_file():
        return "the peer's script is in the source checkout, which this installation is not"
    return "" if importlib.util.find_spec("trl") else INSTALL


def _side(name: str, work: Workload, steps: int) -> Callable[[], Lap]:
    def run() -> Lap:
        facts = child.call(name, work=work.data, steps=steps)
        told = summary(facts["rows"]) | {key: value for key, value in facts.items() if key not in ("rows", "lengths")}
        return Lap(told["seconds_per_step"], told["others"], told)

    return run


def summary(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """One process's steps: medians over those that others left alone, or over all where they are fewer than half. Seconds."""
    quiet = [row for row in rows if not row["others"] > QUIET]
    kept = quiet if 2 * len(quiet) >= len(rows) else rows
    found = {"seconds_per_step": median(row["seconds"] for row in kept)} | {name: median(row[name] for row in kept) for name in LAPS}
    found["other"] = median(row["seconds"] - sum(row[name] for name in LAPS) for row in kept)
    found["tokens_per_second"] = sum(row["tokens"] for row in kept) / sum(row["seconds"] for row in kept)
    return found | {"others": median(row["others"] for row in kept), "counted": len(kept)}


def _over_rounds(laps: Sequence[Lap]) -> dict[str, Any]:
    """Medians over rounds of every number; memory at most; what is no number as the last round says it."""
    first, last = laps[0].facts, laps[-1].facts
    found = {key: median(lap.facts[key] for lap in laps) if isinstance(value, float) else last[key] for key, value in first.items()}
    found |= {key: max(lap.facts[key] for lap in laps) for key in first if key.startswith("peak_")}
    return found | {"disturbed": sum(not lap.quiet for lap in laps)}


# ---- what runs in a process of its own --------------------------------------------------------------------------------------------------------


def ours(work: Mapping[str, Any], steps: int) -> dict[str, Any]:
    """Steps of `meno train grpo`: a run folder, its logs and its rollouts, carried out by the pipeline. From the log of one step to that of the next, as the
    listener hears of them: everything counts, checkpoints that fall between them too.
    """
    import pyarrow.parquet
    import torch

    from menolab.files import read_json_lines
    from menolab.models.lean import native
    from menolab.runs.pipeline import carry_out
    from menolab.runs.run import Launch, Listener, create

    class Stopwatch(Listener):
        def __init__(self) -> None:
            self.moments: list[Moment] = []

        def step(self, stage: str, step: int, metrics: Mapping[str, Any]) -> None:
            if stage == "reinforce":
                self.moments.append(Moment.now())

    load = Workload(**work)
    with tempfile.TemporaryDirectory(prefix="meno-bench-") as scratch:
        run = create(Path(scratch) / "run", recipe_of(load, Path(scratch), WARMUP + steps), Launch(device=load.device, threads=load.threads))
        watch = run.listener = Stopwatch()
        carry_out(run)
        timings = read_json_lines(run.folder / "timings.jsonl")
        metrics = read_json_lines(run.folder / "metrics.jsonl")
        last = sorted((run.folder / "rollouts").glob("*.parquet"))[-1]
        lengths = pyarrow.parquet.read_table(last, columns=["tokens"])["tokens"].to_pylist()
    rows = [
        {
            "seconds": end.wall - begin.wall,
            "others": others(begin, end),
            "tokens": told["length"] * load.rollouts,
            **{name: spent[name] for name in LAPS},
        }
        for begin, end, spent, told in zip(watch.moments, watch.moments[1:], timings[1:], metrics[1:], strict=False)
    ][WARMUP - 1 :]
    return {
        "rows": rows,
        # Equal rewards in a group are no credit, and a loss without credit is no work.
        "skipped": fmean(told["dead_groups"] for told in metrics[WARMUP:]),
        "lengths": lengths,
        "threads": max(torch.get_num_threads(), native.threads()),
        "peak_rss_bytes": peak_rss(),
        "peak_device_bytes": peak_device(load.torch_device),
    }


def recipe_of(work: Workload, folder: Path, steps: int) -> Recipe:
    """The recipe of `meno train grpo --model FOLDER --data FILE`; both are written into `folder`."""
    from menolab.bench.digits import Digits
    from menolab.engines.decoding import Decoding
    from menolab.methods.grpo import grpo
    from menolab.models.checkpoint import Checkpoint
    from menolab.rewards.accuracy import Accuracy
    from menolab.runs.recipe import Recipe
    from menolab.runs.setup import EvaluationPlan, Setup
    from menolab.tasks.file import Problems

    method = grpo(group=work.group)
    if work.reward == "digits":
        method = replace(method, rewards=(Accuracy(), Digits()), weights=(1.0, 0.1))
    own = "" if work.dtype == "float32" else work.dtype
    setup = Setup(
        base=Checkpoint(str(write_model(work, folder / "model"))),
        task=Problems(str(write_problems(folder / "problems.jsonl", problems(PROBLEMS)))),
        decoding=Decoding(max_tokens=work.max_tokens),
        steps=steps,
        rollouts=work.rollouts,
        sample_dtype=own,
        learn_dtype=own,
        lr=1e-6,  # small, so that lengths stay those of a fresh model
        evaluation=EvaluationPlan(problems=1, samples=1),
    )
    return Recipe(method, setup)


def peer(work: Mapping[str, Any], steps: int) -> dict[str, Any]:
    """The same steps by `benchmarks/trl_step.py`, in its own process: this one only writes model and problems.

    It ignores an end token by being forbidden to draw it, for which its tokenizer needs one. Its "update" is all but sampling and rewards.
    """
    load = Workload(**work)
    with tempfile.TemporaryDirectory(prefix="meno-bench-") as scratch:
        folder = Path(scratch)
        write_model(replace(load, lengths="ragged"), folder / "model")
        write_problems(folder / "problems.jsonl", problems(PROBLEMS))
        device, _, index = load.torch_device.partition(":")
        given = {**load.data, "device": device, "steps": steps, "warmup": WARMUP, "folder": scratch}
        # How OpenMP's threads wait is our own setting (see cli/main.py), not the peer's.
        environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
        if load.threads:
            environment["OMP_NUM_THREADS"] = str(load.threads)
        if device == "cuda":  # one GPU, since its trainer takes all that it sees
            seen = environment.get("CUDA_VISIBLE_DEVICES", "").split(",")
            environment["CUDA_VISIBLE_DEVICES"] = seen[int(index or 0)] if seen[0] else index or "0"
        return child.run([sys.executable, str(PEER), json.dumps(given)], environment)

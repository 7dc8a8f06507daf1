"""How cost grows: time and memory of sampling and of one update, along one axis at a time, beside what the work says.

The exponent of an axis is the slope of log cost against log size. What is counted (operations, bytes held) has an exponent too; a measured one that is
larger is a defect, one that is smaller is a fixed cost that has not yet been outgrown.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from menolab.bench import child, work
from menolab.bench.clock import Lap, timed
from menolab.bench.memory import forget_peak, peak_device, peak_rss, rss
from menolab.bench.workload import SIZES, Workload, build_policy, problems
from menolab.keys import Key

BASE = Workload(lengths="fixed", prompts=16, max_tokens=64)
AXES: dict[str, tuple[int | str, ...]] = {
    "group": (4, 8, 16, 32),
    "max_tokens": (32, 64, 128, 256),
    "prompts": (8, 16, 32, 64),
    "size": tuple(SIZES),
    "vocabulary": (64, 1024, 16384, 151936),
}
PHASES = ("sample", "update")
TIMED = 3
"""Runs of which the median counts, after a warm-up on which memory is measured."""
ENOUGH = 10.0
"""Seconds after which no further run is begun."""


def compare(
    base: Workload = BASE, axes: Mapping[str, Sequence[int | str]] = AXES, say: Callable[[str], None] = lambda text: None
) -> list[dict[str, Any]]:
    """One entry an axis: its points, and the exponents of measured and counted costs.

    Raises:
        BadInput: a device that this machine lacks.
        RunFailed: a measurement failed.
    """
    base.settle()
    known: dict[Workload, dict[str, Any]] = {}
    found = []
    for axis, values in axes.items():
        points = []
        for value in values:
            load = replace(base, **{axis: value})
            say(f"{axis} = {value}")
            if load not in known:
                known[load] = {phase: child.call("scale:point", load=load.data, phase=phase) | counted(load, phase) for phase in PHASES}
            points.append({"value": value, "size": measure_of(load, axis), **known[load]})
        found.append({"axis": axis, "points": points, "exponents": {phase: _exponents(points, phase) for phase in PHASES}})
    return found


def measure_of(load: Workload, axis: str) -> float:
    """The number that an axis is drawn against: of a model's size, its weights."""
    shapes = work.Shapes.of(load)
    return shapes.trunk + shapes.head if axis == "size" else getattr(load, axis)


def counted(load: Workload, phase: str) -> dict[str, float]:
    """What the shapes say: operations, and bytes held beside the weights."""
    from menolab.models.scoring import LOGITS_AT_ONCE

    lengths = [load.max_tokens] * load.rollouts
    if phase == "sample":
        return {"flops": work.sampling(load, lengths).flops, "held": work.held_sampling(load, lengths)}
    batches = work.micro_batches(load, lengths)
    return {"flops": work.updating(load, lengths, batches).flops, "held": work.held_updating(load, lengths, LOGITS_AT_ONCE)}


def _exponents(points: Sequence[Mapping[str, Any]], phase: str) -> dict[str, float]:
    return {name: exponent([p["size"] for p in points], [p[phase][name] for p in points]) for name in ("seconds", "flops", "bytes", "held")}


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of log cost against log size, by least squares; NaN where a cost is not positive."""
    if min(costs) <= 0 or len(set(sizes)) < 2:
        return float("nan")
    return statistics.linear_regression([math.log(s) for s in sizes], [math.log(c) for c in costs]).slope


# ---- what runs in a process of its own --------------------------------------------------------------------------------------------------------


def point(load: Mapping[str, Any], phase: str) -> dict[str, float]:
    """Seconds of one phase, and the memory that it added to the loaded model; called in a new process."""
    workload = Workload(**load)
    workload.settle()
    device = workload.torch_device
    run = {"sample": _sample, "update": _update}[phase](workload)
    before = peak_device(device) or rss()
    forget_peak()
    run()
    added = (peak_device(device) or peak_rss()) - before
    laps: list[Lap] = []
    while len(laps) < TIMED and sum(lap.seconds for lap in laps) < ENOUGH:
        laps.append(timed(run, device))
    return {"seconds": statistics.median(lap.seconds for lap in laps), "others": max(lap.others for lap in laps), "bytes": added}


def _sample(load: Workload) -> Callable[[], Mapping[str, Any]]:
    from menolab.bench.rollout import ours

    policy = build_policy(load)
    policy.model.to(load.torch_device)
    return ours(policy, load)


def _update(load: Workload) -> Callable[[], Mapping[str, Any]]:
    """One update on responses of random tokens."""
    import torch

    from menolab.engines.decoding import Decoding
    from menolab.methods.grpo import grpo
    from menolab.records import Rollout
    from menolab.stages.collate import stack
    from menolab.stages.learner import Learner, adamw

    policy = build_policy(load)
    policy.model.to(load.torch_device)
    random = Key.root(0).fold("bench", "update").numpy()
    tokens_BT = random.integers(0, load.vocabulary, (load.rollouts, load.max_tokens)).tolist()
    logprobs = (-math.log(load.vocabulary),) * load.max_tokens
    prompts = [policy.encode(row["prompt"]) for row in problems(load.prompts)]
    group_B = [b // load.group for b in range(load.rollouts)]
    rollouts = [Rollout(prompts[g], tuple(tokens), logprobs, "", "length", reward=0.0) for g, tokens in zip(group_B, tokens_BT, strict=True)]
    batch = stack(rollouts, group_B, load.max_tokens)
    credit_BT = torch.where(torch.arange(load.rollouts)[:, None] % 2 == 0, 1.0, -1.0) * batch.mask_BT
    optimizer = adamw(policy, (0.9, 0.95), 0.0)
    decoding = Decoding(max_tokens=load.max_tokens)
    learner = Learner(policy, optimizer, grpo().loss, decoding, 1.0, work.micro_tokens(load), dtype=load.torch_dtype)
    return lambda: learner.update(batch, credit_BT, 1e-6)

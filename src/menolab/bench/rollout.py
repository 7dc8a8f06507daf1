"""Sampling alone: our engine beside transformers' own `generate`, on one model, in turn."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import asdict
from statistics import median
from typing import Any

import torch

from menolab.bench import child
from menolab.bench.clock import Lap, interleave, ratio, timed
from menolab.bench.memory import peak_device, peak_rss, rss
from menolab.bench.workload import Workload, build_policy, problems
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.models.policy import Policy
from menolab.records import Request

Side = Callable[[], Mapping[str, Any]]


def compare(work: Workload, repeats: int, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Tokens a second and peak memory of both sides, and how many times as fast ours is (median, min, max over rounds).

    Tokens are those of responses, up to the end token and including it. Memory is taken in a process of its own: the whole of it, and what sampling added to
    the loaded model.

    Raises:
        BadInput: a device that this machine lacks.
        RunFailed: a measurement failed.
    """
    work.settle()
    policy = build_policy(work)
    policy.model.to(work.torch_device)
    sides = {name: make(policy, work) for name, make in SIDES.items()}
    for name, side in sides.items():
        say(f"{name}, warming up")
        side()
    laps = interleave({name: _lapped(side, work) for name, side in sides.items()}, repeats, say=say)
    speed = {name: [lap.facts["tokens"] / lap.seconds for lap in found] for name, found in laps.items()}
    row: dict[str, Any] = work.data | {"threads": torch.get_num_threads()}
    for name, found in laps.items():
        say(f"{name}, memory")
        facts = {"tokens_per_second": median(speed[name]), "seconds": median(lap.seconds for lap in found), "others": max(lap.others for lap in found)}
        row[name] = facts | {"disturbed": sum(not lap.quiet for lap in found)} | child.call("rollout:memory", work=work.data, side=name)
    return row | {"ratio": asdict(ratio(speed["ours"], speed["peer"]))}


def _lapped(side: Side, work: Workload) -> Callable[[], Lap]:
    return lambda: timed(side, work.torch_device)


def memory(work: Mapping[str, Any], side: str) -> dict[str, int]:
    """Peak memory of one side that samples once; called in a new process."""
    load = Workload(**work)
    load.settle()
    policy = build_policy(load)
    policy.model.to(load.torch_device)
    run, before = SIDES[side](policy, load), rss()
    run()
    return {"peak_rss_bytes": peak_rss(), "added_bytes": peak_rss() - before, "peak_device_bytes": peak_device(load.torch_device)}


def ours(policy: Policy, work: Workload) -> Side:
    """`TorchEngine.generate` on all rollouts of a step."""
    engine, decoding, key = TorchEngine(policy, dtype=work.torch_dtype), Decoding(max_tokens=work.max_tokens), Key.root(0).fold("bench", "rollout")
    prompts = [engine.encode(row["prompt"]) for row in problems(work.prompts)]
    requests = [Request(prompt, key.fold(p, sample)) for p, prompt in enumerate(prompts) for sample in range(work.group)]
    return lambda: {"tokens": sum(len(c.tokens) for c in engine.generate(requests, decoding))}


def peer(policy: Policy, work: Workload) -> Side:
    """`model.generate` on the same rows in one batch. In bfloat16 the weights are rounded beforehand, which is faster than autocast."""
    model = copy.deepcopy(policy.model).to(work.torch_dtype) if work.torch_dtype else policy.model
    rows = [policy.encode(row["prompt"]) for row in problems(work.prompts) for _ in range(work.group)]
    prompts_BP = torch.tensor(rows, device=policy.device)
    ends = torch.tensor(policy.stop_ids, device=policy.device)
    plain = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "max_new_tokens": work.max_tokens}

    def sample() -> dict[str, int]:
        with torch.inference_mode():
            out_BT = model.generate(prompts_BP, attention_mask=torch.ones_like(prompts_BP), **plain)[:, prompts_BP.shape[1] :]
        return {"tokens": responded(out_BT, ends)}

    return sample


def responded(out_BT: torch.Tensor, ends: torch.Tensor) -> int:
    """Tokens of responses up to the first end token and including it; what `generate` pads behind it is not counted."""
    end_BT = torch.isin(out_BT, ends).long()
    before_BT = end_BT.cumsum(1) - end_BT
    return int((before_BT == 0).sum())


SIDES = {"ours": ours, "peer": peer}

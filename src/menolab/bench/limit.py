"""What this machine can do at most, and how much of it our phases reach.

A phase's ideal time is `work.Cost.seconds`: its operations at the rate of a large square product, plus its bytes at the bandwidth of memory, one after the
other. The fraction reached is ideal / measured. Two things pull in opposite directions: the small products of a small model cannot reach the rate of a large
one (the table of products shows what they do reach), and what stays in the caches is not bound by memory, so a fraction above one is possible.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from menolab.bench import child
from menolab.bench.step import summary
from menolab.bench.work import ROWS, Cost, Shapes, micro_batches, micro_tokens, sampling, updating
from menolab.bench.workload import DTYPES, PROMPT_TOKENS, Workload

MOST_BYTES = 2**30
"""Of each array that bandwidth is measured on: more than caches hold."""


@dataclass(frozen=True)
class Machine:
    """The best that was measured. Operations and bytes a second."""

    float32: float
    bfloat16: float
    copy: float
    triad: float
    threads: int

    def seconds(self, cost: Cost, dtype: str) -> float:
        """Ideal time of a phase."""
        return cost.seconds(self.bfloat16 if dtype == "bfloat16" else self.float32, max(self.copy, self.triad))


def machine(work: Workload, side: int = 0, size: int = MOST_BYTES) -> Machine:
    """Rates of a square product in both dtypes, torch's or ours, and bandwidth of memory, on the workload's device and threads.

    Args:
        work: its device and threads count.
        side: of the square matrices; 0 takes 2048 on a CPU, 8192 on a GPU.
        size: bytes of each array at most; an eighth of the free memory at most.
    """
    import torch

    from menolab.models.lean.products import Product
    from menolab.models.memory import free_bytes

    work.settle()
    device = work.torch_device
    side = side or (2048 if device == "cpu" else 8192)
    rates = {}
    for name in DTYPES:
        x = torch.randn(side, side, device=device).to(getattr(torch, name))
        ways = (lambda x=x: x @ x, lambda ours=Product(x, None), x=x: ours(x))
        rates[name] = 2 * side**3 / min(seconds_of(way, device) for way in ways)
    count = min(size, free_bytes(torch.device(device)) // 8) // 4
    a, b, c = (torch.ones(count, device=device) for _ in range(3))
    copy = 2 * 4 * count / seconds_of(lambda: a.copy_(b), device)
    triad = 3 * 4 * count / seconds_of(lambda: torch.add(b, c, alpha=1.5, out=a), device)
    return Machine(**rates, copy=copy, triad=triad, threads=torch.get_num_threads())


def products(work: Workload) -> list[dict[str, Any]]:
    """Operations a second of the workload's own products: of one decoding step, and of one micro-batch forward and backward, to inputs and to weights."""
    import torch

    work.settle()
    tokens = min(micro_tokens(work), work.prompts * PROMPT_TOKENS + work.rollouts * (work.max_tokens - 1))
    rows = []
    for name, (out, into) in Shapes.of(work).products.items():
        row: dict[str, Any] = {"product": name, "out": out, "in": into, "decode_rows": ROWS, "update_rows": tokens}
        for dtype in DTYPES:
            row[dtype] = _product(out, into, tokens, getattr(torch, dtype), work.torch_device)
        rows.append(row)
    return rows


def _product(out: int, into: int, tokens: int, dtype: Any, device: str) -> dict[str, float]:
    import torch

    from menolab.models.lean.products import Product

    weight, few, many, back = (torch.randn(*shape, device=device).to(dtype) for shape in ((out, into), (ROWS, into), (tokens, into), (tokens, out)))
    drawing = Product(weight, None)
    runs = {
        "decode": (ROWS, lambda: drawing(few)),
        "forward": (tokens, lambda: Product(weight, None)(many)),
        "to_input": (tokens, lambda: Product(weight.T, None)(back)),
        "to_weight": (tokens, lambda: Product(many.T, None)(back.T)),
    }
    with torch.no_grad():
        return {name: 2 * rows * out * into / seconds_of(run, device) for name, (rows, run) in runs.items()}


def phases(work: Workload, best: Machine, steps: int) -> dict[str, Any]:
    """Sampling and updating in a run of our own: seconds a step, the ideal, and the fraction reached.

    Raises:
        RunFailed: the run failed.
    """
    facts = child.call("step:ours", work=work.data, steps=steps)
    measured, lengths = summary(facts["rows"]), facts["lengths"]
    # Lengths are those of the last step; steps differ in tokens.
    share = measured["tokens_per_second"] * measured["seconds_per_step"] / sum(lengths)
    found: dict[str, Any] = {"threads": facts["threads"], "others": measured["others"]}
    for name, cost in {"sample": sampling(work, lengths), "update": updating(work, lengths, micro_batches(work, lengths))}.items():
        ideal = share * best.seconds(cost, work.dtype)
        found[name] = {"seconds": measured[name], "ideal": ideal, "fraction": ideal / measured[name], "flops": share * cost.flops, "bytes": share * cost.bytes}
    return work.data | found


def seconds_of(run: Callable[[], Any], device: str, enough: float = 0.05, rounds: int = 5) -> float:
    """Seconds of one call: the best of some rounds, each of as many calls as take `enough` seconds."""
    run()
    count = max(1, min(10_000, int(enough / max(_clocked(run, 1, device), 1e-7))))
    return min(_clocked(run, count, device) for _ in range(rounds)) / count


def _clocked(run: Callable[[], Any], count: int, device: str) -> float:
    """Seconds of `count` calls; on a GPU by its own clock."""
    if device == "cpu":
        began = time.perf_counter()
        for _ in range(count):
            run()
        return time.perf_counter() - began
    import torch

    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    begin.record()
    for _ in range(count):
        run()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / 1000


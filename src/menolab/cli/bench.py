"""`meno bench`: speed and memory, beside peers and beside what the machine can do."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from menolab.errors import BadInput, check_range

if TYPE_CHECKING:
    from rich.table import Table

    from menolab.bench.workload import Workload

MIB = 2**20
SHORT = {"float32": "f32", "bfloat16": "bf16"}


@dataclass(frozen=True)
class Args:
    """Measure speed and memory on one workload: prompts of 24 characters, 8 rollouts each, a fresh Qwen2 model of 64 characters.

    rollout: our sampler beside transformers' generate. step: a whole training step beside TRL's. limit: what this machine can do at most, and how much of it
    our sampling and updating reach. scale: how cost grows with group, length, prompts, model and vocabulary. Sides run in turn; a run that other processes
    disturbed is repeated, and marked "!" if they went on. `scale` has sizes of its own: of the options it takes dtype, device and threads.
    """

    what: Annotated[Literal["rollout", "step", "limit", "scale"], tyro.conf.Positional]
    """What to measure."""
    size: tuple[Literal["1m", "5m", "20m"], ...] = ("1m", "5m", "20m")
    """Model sizes, one or more."""
    lengths: tuple[Literal["ragged", "fixed"], ...] = ("ragged",)
    """ragged: responses end where the model ends them; fixed: all reach the limit."""
    dtype: tuple[Literal["float32", "bfloat16"], ...] = ("float32",)
    """Of matrix products; weights stay float32."""
    peer: Literal["trl", "none"] = "trl"
    """step only: none measures ours alone."""
    reward: Literal["digits", "right"] = "digits"
    """step only. digits: every rollout is learned from; right: only right sums count, most groups are dead, and ours skips them."""
    prompts: int = 32
    """Problems a step."""
    group: int = 8
    """Rollouts a problem."""
    max_tokens: int = 128
    """Longest response."""
    steps: int = 6
    """Counted steps of each run of `step` and `limit`."""
    repeats: int = 3
    """Rounds, each of one run a side."""
    threads: int = 0
    """CPU threads of both sides; 0: each as it comes."""
    device: str = "auto"
    """cpu, cuda ...; auto takes a GPU if there is one."""
    json: bool = False
    """One JSON document on stdout and nothing else."""


def run(args: Args) -> int:
    """Measure, row by row; then print."""
    from menolab.cli.output import emit_json, progress_console
    from menolab.evaluation.facts import hardware, versions

    works = list(workloads(args))  # all of them checked before the first is measured
    measure = {"rollout": _rollout, "step": _step, "limit": _limit, "scale": _scale}[args.what]
    with progress_console().status("") as status:

        def say(text: str) -> None:
            status.update(text)
            if not progress_console().is_terminal and not args.json:
                progress_console().print(f"  {text}", soft_wrap=True)

        rows = measure(args, works, say)
    if args.json:
        emit_json({"what": args.what, "date": datetime.date.today().isoformat(), "hardware": hardware(), "versions": versions(), "rows": rows, **rows[0]})
    else:
        {"rollout": _show_rollout, "step": _show_step, "limit": _show_limit, "scale": _show_scale}[args.what](rows)
    return 0


def workloads(args: Args) -> Iterator[Workload]:
    """One a row, in order of size, lengths, dtype.

    Raises:
        BadInput: a number out of range, or a device that this machine lacks.
    """
    from menolab.bench.workload import Workload

    for name, chosen in (("--size", args.size), ("--lengths", args.lengths), ("--dtype", args.dtype)):
        if not chosen:
            raise BadInput(name, "", "name at least one")
    check_range("--steps", args.steps, 1)
    check_range("--repeats", args.repeats, 1)
    for size in args.size:
        for lengths in args.lengths:
            for dtype in args.dtype:
                given = {"prompts": args.prompts, "group": args.group, "max_tokens": args.max_tokens, "reward": args.reward}
                work = Workload(size, lengths, dtype, args.device, args.threads, **given)
                work.settle()
                yield work


# ---- measuring --------------------------------------------------------------------------------------------------------------------------------

Say = Callable[[str], None]


def _rollout(args: Args, works: list[Workload], say: Say) -> list[dict[str, Any]]:
    from menolab.bench import rollout

    return [rollout.compare(work, args.repeats, _prefixed(say, work)) for work in works]


def _step(args: Args, works: list[Workload], say: Say) -> list[dict[str, Any]]:
    from menolab.bench import step

    return [step.compare(work, args.repeats, args.steps, with_peer=args.peer != "none", say=_prefixed(say, work)) for work in works]


def _limit(args: Args, works: list[Workload], say: Say) -> list[dict[str, Any]]:
    from menolab.bench import limit

    say("the machine")
    best = limit.machine(works[0])
    rows = []
    for work in works:
        _prefixed(say, work)("products")
        products = limit.products(work)
        _prefixed(say, work)("a run of our own")
        rows.append({"machine": asdict(best), "products": products, **limit.phases(work, best, args.steps)})
    return rows


def _scale(args: Args, works: list[Workload], say: Say) -> list[dict[str, Any]]:
    from dataclasses import replace

    from menolab.bench import scale

    bases = [replace(scale.BASE, dtype=dtype, device=args.device, threads=args.threads) for dtype in args.dtype]
    return [{"dtype": base.dtype, **row} for base in bases for row in scale.compare(base, say=say)]


def _prefixed(say: Say, work: Workload) -> Say:
    return lambda text: say(f"{_title(work.data)}: {text}")


# ---- showing ----------------------------------------------------------------------------------------------------------------------------------


def _show_rollout(rows: list[dict[str, Any]]) -> None:
    table = _table("sampling", "tokens/s", "MiB", "sampling adds", "")
    for row in rows:
        table.add_row(f"{_title(row)}, threads {row['threads']}")
        for side, name in (("ours", "menolab"), ("peer", "transformers")):
            found = row[side]
            memory = _mib(_peak(found)), _mib(found["peak_device_bytes"] or found["added_bytes"])
            times = _times(row["ratio"]) if side == "ours" else ""
            table.add_row(f"  {name}{_mark(found)}", f"{found['tokens_per_second']:,.0f}", *memory, times)
    _print(table, "Response tokens a second, end tokens included; how many times as fast, median [min, max] of the rounds.", rows)


def _show_step(rows: list[dict[str, Any]]) -> None:
    table = _table("step (threads)", "s/step", "sample", "update", "tok/s", "MiB", "")
    for row in rows:
        table.add_row(_title(row))
        for side, name in (("ours", "menolab"), ("ours_learning_all", "menolab, all"), ("peer", "TRL")):
            found = row.get(side)
            if found is None:
                continue
            numbers = [f"{found[key]:.3f}" for key in ("seconds_per_step", "sample", "update")]
            ratio = row.get(side.replace("ours", "ratio")) if side != "peer" else None
            numbers += [f"{found['tokens_per_second']:,.0f}", _mib(_peak(found)), _times(ratio) if ratio else ""]
            table.add_row(f"  {name} ({found['threads']}){_mark(found)}", *numbers)
    skipped = [f"{row['ours']['skipped']:.0%}" for row in rows]
    text = f"Medians of steps; how many times as fast as TRL, median [min, max] of the rounds. Rollouts without credit, skipped: {', '.join(skipped)}."
    if rows[0]["reward"] == "right":
        text += ' "all" learns from every rollout (reward digits).'
    _print(table, text, rows)
    if rows[0]["note"]:
        _say(rows[0]["note"], "yellow")


def _show_limit(rows: list[dict[str, Any]]) -> None:
    best = rows[0]["machine"]
    rates = f"float32 {best['float32'] / 1e9:,.0f} GFLOP/s, bfloat16 {best['bfloat16'] / 1e9:,.0f} GFLOP/s (large square product)"
    _say(f"machine, {best['threads']} threads: {rates}; copy {best['copy'] / 1e9:.1f}, triad {best['triad'] / 1e9:.1f} GB/s")
    kinds = ("decode", "forward", "to_input", "to_weight")
    shown: list[tuple[str, int]] = []
    for row in rows:
        if (key := (row["size"], row["products"][0]["update_rows"])) in shown:
            continue
        shown.append(key)
        table = _table(f"{row['size']}, GFLOP/s", "out x in", *(f"{short}\n{kind}" for short in SHORT.values() for kind in ("decode", "fwd", "dX", "dW")))
        for product in row["products"]:
            numbers = [f"{product[dtype][kind] / 1e9:,.0f}" for dtype in SHORT for kind in kinds]
            table.add_row(product["product"], f"{product['out']}x{product['in']}", *numbers)
        first = row["products"][0]
        _print(table, f"decode: {first['decode_rows']} rows; forward, and backward to inputs and to weights: {first['update_rows']:,} rows.", [])
    table = _table("phases of our run", "phase", "seconds", "ideal", "reached", "GFLOP", "GB", "threads")
    for row in rows:
        for phase in ("sample", "update"):
            found = row[phase]
            spent = f"{found['seconds']:.3f}", f"{found['ideal']:.3f}", f"{found['fraction']:.0%}"
            counted = f"{found['flops'] / 1e9:,.1f}", f"{found['bytes'] / 1e9:,.2f}"
            table.add_row(_title(row) if phase == "sample" else "", phase, *spent, *counted, str(row["threads"]))
    _print(table, "ideal: operations at the rate of a large product + bytes at the bandwidth of memory (formulas: menolab/bench/work.py).", [])


def _show_scale(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        table = _table(f"{row['axis']}, {SHORT[row['dtype']]}", "sample s", "GFLOP", "MiB", "counted", "update s", "GFLOP", "MiB", "counted")
        for point in row["points"]:
            cells = []
            for phase in ("sample", "update"):
                found = point[phase]
                cells += [f"{found['seconds']:.3f}", f"{found['flops'] / 1e9:,.1f}", _mib(found["bytes"]), _mib(found["held"])]
            table.add_row(str(point["value"]), *cells)
        exponents = [row["exponents"][phase][name] for phase in ("sample", "update") for name in ("seconds", "flops", "bytes", "held")]
        table.add_row("exponent", *("-" if math.isnan(e) else f"{e:.2f}" for e in exponents), style="bold")
        _print(table, "", [])
    _say("MiB: what the phase adds to the loaded model, measured and counted. exponent: slope of log cost against log size, measured beside the work's.")


def _table(*heads: str) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0))
    for i, head in enumerate(heads):
        table.add_column(escape(head), justify="right" if i and head else "left", no_wrap=True)
    return table


def _print(table: Table, text: str, rows: list[dict[str, Any]]) -> None:
    from menolab.cli.output import console

    console().print()
    console().print(table)
    if text:
        console().print(text, style="dim", markup=False)
    sides = [row[side] for row in rows for side in ("ours", "ours_learning_all", "peer") if row.get(side)]
    if any(side["disturbed"] for side in sides):
        _say("! other processes took more than a tenth of a processor during this measurement; repeat it on a quiet machine", "yellow")


def _say(text: str, style: str = "") -> None:
    from menolab.cli.output import console

    console().print(text, style=style, markup=False)


def _title(row: dict[str, Any]) -> str:
    return f"{row['size']} {row['lengths']} {SHORT[row['dtype']]}"


def _times(ratio: dict[str, float]) -> str:
    return f"x{ratio['median']:.2f} \\[{ratio['min']:.2f}, {ratio['max']:.2f}]"


def _mark(found: dict[str, Any]) -> str:
    return " !" if found["disturbed"] else ""


def _peak(found: dict[str, Any]) -> float:
    """Peak memory: of the GPU where there is one."""
    return found["peak_device_bytes"] or found["peak_rss_bytes"]


def _mib(size: float) -> str:
    return f"{size / MIB:,.0f}"

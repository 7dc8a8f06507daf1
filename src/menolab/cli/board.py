"""Live progress of a run in the terminal, and its summary."""

from __future__ import annotations

import resource
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from menolab.cli.output import console, progress_console
from menolab.evaluation.compare import compare, verdict
from menolab.evaluation.record import Result, load
from menolab.evaluation.statistics import Estimate
from menolab.files import read_json_lines
from menolab.runs.pipeline import STAGES, carry_out, record_path
from menolab.runs.run import Interrupted, Listener, Run

SHOWN = {
    "cold_start": ("loss", "grad_norm", "tokens_per_second"),
    "reinforce": ("reward", "pass_rate", "length", "entropy", "truncated", "tokens_per_second"),
}
SHORT = {"tokens_per_second": "tok/s", "pass_rate": "pass", "grad_norm": "|g|", "truncated": "cut", "unparsed": "unread", "errored": "error"}
TITLES = {"cold_start": "cold start", "reinforce": "reinforce"}


class Board(Listener):
    """A rich progress bar a stage on standard error: step, what matters there, time left. Plain lines every tenth of the way when not a terminal."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        terminal = progress_console()
        time_left = TimeRemainingColumn(compact=True)
        columns = (TextColumn("{task.description:<19}"), BarColumn(24), MofNCompleteColumn(), time_left, TextColumn("{task.fields[news]}"))
        self.live = terminal.is_terminal
        self.bars = Progress(*columns, console=terminal, disable=not self.live)
        self.tasks: dict[str, Any] = {}
        self.totals: dict[str, int] = {}

    def begin(self, stage: str, total: int, done: int) -> None:
        self.totals[stage] = total
        self.tasks[stage] = self.bars.add_task(TITLES.get(stage, stage), total=total, completed=done, news="")
        if not self.live:
            unit = "steps" if stage in SHOWN else "problems"
            progress_console().print(f"{TITLES.get(stage, stage)}: {total} {unit}" + (f", {done} done" if done else ""))

    def step(self, stage: str, step: int, metrics: Mapping[str, Any]) -> None:
        news = "  ".join(f"{SHORT.get(name, name)} {_figure(name, metrics[name])}" for name in SHOWN.get(stage, ()) if name in metrics)
        self.bars.update(self.tasks[stage], completed=step, news=news)
        tenth = max(1, self.totals[stage] // 10)
        if not self.live and stage in SHOWN and (step % tenth == 0 or step == self.totals[stage]):
            progress_console().print(f"  {step}/{self.totals[stage]}  {news}", soft_wrap=True)




def _figure(name: str, value: float) -> str:
    if name in ("pass_rate", "truncated"):
        return f"{value:5.1%}"
    return f"{value:,.0f}" if name == "tokens_per_second" else f"{value:.3g}"


def carry_out_live(run: Run, quiet: bool = False) -> dict[str, Any]:
    """Carry out a run with a live board, write its report, print and return the summary. On Ctrl-C says how to resume."""
    from menolab.reports.report import report

    if quiet:
        carry_out(run)
    else:
        board = Board()
        run.listener = board
        progress_console().print(f"run {run.folder}  (recipe {run.recipe.digest}, seed {run.recipe.seed}, {run.device})")
        try:
            with board.bars:
                carry_out(run)
        except Interrupted as stop:
            progress_console().print(f"{stop}. Go on with: meno train --resume {shlex.quote(str(run.folder))}")
            raise
    page = report(run.folder)
    found = summary(run)
    if not quiet:
        show(run)
    return {**found, "run": str(run.folder), "report": str(page)}


def results(run: Run, task: str) -> dict[str, Result]:
    """The run's results on a task, by model, in the order they were made."""
    paths = {name: record_path(run.folder, task, name) for name in ("base", *STAGES)}
    return {name: load(path) for name, path in paths.items() if path.exists()}


def summary(run: Run) -> dict[str, Any]:
    """The run's figures as JSON data, those of the first evaluation task at the top level: one entry a model, the paired difference, seconds."""
    tasks = [task.name for task, _ in run.evaluation]
    found: dict[str, Any] = {"tasks": {task: _task_summary(results(run, task)) for task in tasks}}
    found |= found["tasks"][tasks[0]]
    found["seconds"] = seconds(run)
    found["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return found


def _task_summary(made: Mapping[str, Result]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: {metric: asdict(e) for metric, e in result.record.metrics.items() if e is not None} for name, result in made.items()
    }
    *_, before, after = ("", "", *made)
    if before:
        against = compare(made[before], made[after])
        curve = {f"pass@{k}": d for k, d in against.pass_at_k.items()}
        found["difference"] = {"from": before, "to": after} | {name: {"mean": d.mean, "low": d.low, "high": d.high, "p": d.p} for name, d in curve.items()}
    return found


def seconds(run: Run) -> dict[str, float]:
    """Seconds spent in each stage's steps and in evaluations, over all launches of the run."""
    spent = {"cold_start": 0.0, "reinforce": 0.0}
    for row in read_json_lines(run.folder / "timings.jsonl"):
        spent[row["stage"]] = spent.get(row["stage"], 0.0) + sum(v for k, v in row.items() if k in ("sample", "verify", "update", "other"))
    spent["evaluate"] = sum(r.record.seconds["total"] for task, _ in run.evaluation for r in results(run, task.name).values())
    return {**spent, "total": sum(spent.values())}


def show(run: Run) -> None:
    """Print each task's figures: every number with its interval, what did not improve, and what could not be judged."""
    from rich.table import Table

    for task, problems in run.evaluation:
        made = results(run, task.name)
        samples = run.setup.evaluation.samples
        title = f"{task.name}: {len(problems)} problems x {samples} samples at temperature {run.setup.evaluation.temperature:g}; %, [95% interval]"
        table = Table(box=None, padding=(0, 1, 0, 0))
        shown = list(dict.fromkeys(["pass@1", f"pass@{samples}", f"maj@{samples}", "length", "truncated", "unparsed", "errored"]))
        for name in ("", *shown):
            head = SHORT.get(name, name)
            table.add_column(head, justify="right" if name else "left", no_wrap=True, min_width=max(3 if name else 10, len(head)))
        for name, result in made.items():
            table.add_row(TITLES.get(name, name), *(_cell(metric, result.record.metrics[metric]) for metric in shown))
        console().print()
        console().print(title)
        console().print(table)
        for name, result in made.items():
            if name != "base" or len(made) == 1:  # noise does run into the token limit
                for text in result.record.warnings:
                    console().print(f"warning: {TITLES.get(name, name)}: {text}", style="yellow")
        *_, before, after = ("", "", *made)
        if before:
            console().print(f"A = {TITLES.get(before, before)}, B = {after}. " + verdict([compare(made[before], made[after])]))


def _cell(metric: str, estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    if metric == "length":
        return f"{estimate.mean:.0f}"
    if metric in ("truncated", "unparsed", "errored"):
        return f"{estimate.mean:.0%}"
    return f"{100 * estimate.mean:.1f} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"

"""`meno report`: one page for a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True)
class Args:
    """Write RUN/report.html: figures with intervals, learning curves, pass@k, time, responses before and after, recipe. One file, no script, no network."""

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN|RECORD")]
    """A run folder; with --rollouts also a result record (NAME.json) or a folder of them."""
    rollouts: bool = False
    """Also write the viewer of samples, RUN/rollouts.html or NAME.html: one file, no network, with a bounded share of the samples (`meno view` shows all)."""
    open: bool = False
    """Open the page in the browser."""
    json: bool = False
    """Print one JSON document and nothing else."""


def run(args: Args) -> int:
    """Write the pages and say where they are, and what the run folder lacks."""
    from menolab.cli.output import console, emit_json
    from menolab.errors import BadInput
    from menolab.evaluation.record import load_record
    from menolab.reports import viewer
    from menolab.reports.report import report
    from menolab.reports.run import read_run

    is_record = args.run.is_file()
    if is_record and not args.rollouts:
        load_record(args.run)
        raise BadInput("run", str(args.run), "a single result has no report; --rollouts writes the viewer of its samples, `meno compare` sets two side by side")
    pages = {"rollouts": viewer.save(args.run)} if args.rollouts else {}
    missing = []
    if not is_record:
        missing = list(read_run(args.run).missing)
        pages = {"report": report(args.run, samples=pages["rollouts"].name if pages else ""), **pages}
    if args.open:
        import webbrowser

        webbrowser.open(next(iter(pages.values())).resolve().as_uri())
    if args.json:
        emit_json({**{name: str(path) for name, path in pages.items()}, "missing": missing})
        return 0
    for clause in missing:
        console().print(f"not on the page: {clause}", style="yellow", markup=False)
    for name, path in pages.items():
        console().print(f"{name}: {path}", markup=False, soft_wrap=True)
    return 0

"""`meno report`: one page for a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True)
class Args:
    """Write RUN/report.html: figures with intervals, learning curves, pass@k, time, responses before and after, recipe. One file, no script, no network."""

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """A run folder."""
    open: bool = False
    """Open the page in the browser."""
    json: bool = False
    """Print one JSON document and nothing else."""


def run(args: Args) -> int:
    """Write the page and say where it is, and what the run folder lacks."""
    from menolab.cli.output import console, emit_json
    from menolab.reports.report import report
    from menolab.reports.run import read_run

    missing = read_run(args.run).missing
    path = report(args.run)
    if args.open:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())
    if args.json:
        emit_json({"report": str(path), "missing": list(missing)})
        return 0
    for clause in missing:
        console().print(f"not on the page: {clause}", style="yellow", markup=False)
    console().print(f"report: {path}", markup=False, soft_wrap=True)
    return 0

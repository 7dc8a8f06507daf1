"""`meno view`: runs, reports and samples in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True)
class Args:
    """Look at runs in the browser: what lies under FOLDER, each run's report, and every stored sample. Served to this machine only, read-only, until Ctrl-C."""

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="[FOLDER]")] = Path("runs")
    """A folder of runs or results, or one run."""
    port: int = 8765
    """Port on the loopback interface; 0 takes a free one."""
    open: bool = False
    """Open the browser."""
    json: bool = False
    """Print one JSON document (url, runs) when the server listens, and nothing else."""


def run(args: Args) -> int:
    """Serve until interrupted."""
    from menolab.cli.output import console, emit_json
    from menolab.reports import browse
    from menolab.reports.server import Server

    server = Server(args.folder, args.port)
    with server:
        found = [each.name for each in browse.find(args.folder)]
        if args.json:
            emit_json({"url": server.url, "runs": found})
        else:
            several = f"{len(found)} run{'s' if len(found) != 1 else ''}"
            console().print(f"{several} under {args.folder}: {server.url}  (Ctrl-C ends)", markup=False, soft_wrap=True)
        import sys

        sys.stdout.flush()
        if args.open:
            import webbrowser

            webbrowser.open(server.url)
        server.serve_forever()
    return 0

"""`meno catalogue`: every piece."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Args:
    """List every piece and published name: id, family, summary, paper, defaults, test, and what the ledger says of it."""

    family: str = ""
    """Only this family: loss, surrogate, advantage, reward, task, verifier, stage, setup ..."""
    json: bool = False
    """One JSON document on stdout and nothing else."""


def run(args: Args) -> int:
    """Print the catalogue."""
    from menolab import pieces
    from menolab.cli.output import console, emit_json
    from menolab.ledger.table import tables

    verdicts = {("Stage", line.entry.method): line.verdict for table in tables().values() for line in table}
    rows = [{**row, "ledger": verdicts.get((row["family"], row["id"]))} for row in pieces.catalogue(args.family or None)]
    if args.json:
        emit_json(rows)
        return 0
    from rich.table import Table

    for family in dict.fromkeys(row["family"] for row in rows):
        table = Table(title=family, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), show_header=False)
        table.add_column(style="cyan", no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(style="dim")
        for row in rows:
            if row["family"] == family:
                table.add_row(row["id"], row["summary"], row["paper"])
        console().print(table, "")
    families = len({row["family"] for row in rows})
    console().print(f"{len(rows)} pieces and published names in {families} {'family' if families == 1 else 'families'}; --json for all fields")
    return 0

"""`meno sandbox`: what this machine can hold, and whether it does."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from menolab.cli.output import console, emit_json, progress_console

if TYPE_CHECKING:
    from menolab.sandbox.level import Offer
    from menolab.sandbox.selftest import Row


@dataclass(frozen=True)
class Args:
    """Show how well this machine can close programs in; with --selftest, try every known escape and cheat (half a minute)."""

    selftest: bool = False
    """Try them all; exit 1 if anything that is promised is not held."""
    level: str = ""
    """Test this level (process, filtered, contained) rather than the strongest that the machine has."""
    json: bool = False
    """Print one JSON document."""


def run(args: Args) -> int:
    """Probe, and with --selftest try."""
    from menolab.sandbox import level as levels
    from menolab.sandbox.host import Sandbox, probe

    if args.level:
        levels.check_level("level", args.level)
    offer = probe()
    rows: list[Row] = []
    if args.selftest:
        rows = _tried(Sandbox(args.level or None, trusted=True))
    if args.json:
        emit_json({**_facts(offer), "tested": (args.level or offer.level) if args.selftest else None, "rows": [dataclasses.asdict(row) for row in rows]})
    else:
        _show(offer)
        _show_rows(rows, args.level or offer.level)
    return 1 if any(row.result == "escaped" for row in rows) else 0


def _tried(sandbox: Any) -> list[Row]:
    from rich.progress import track

    from menolab.sandbox import selftest

    with_bar = track(selftest.run(sandbox), "trying", total=len(selftest.CASES), console=progress_console(), transient=True)
    try:
        return list(with_bar)
    finally:
        sandbox.close()


def _facts(offer: Offer) -> dict[str, Any]:
    from menolab.sandbox import level as levels

    languages = {name: levels.other_interpreter(name) for name in levels.LANGUAGES}
    safe = levels.at_least(offer.level, levels.UNTRUSTED)
    return {**dataclasses.asdict(offer), "level": offer.level, "untrusted": safe, "guarantees": levels.LEVELS, "languages": languages}


def _show(offer: Offer) -> None:
    from rich.table import Table

    from menolab.sandbox import level as levels

    out = console()
    facts = _facts(offer)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_row("kernel", f"{offer.system} {offer.kernel}, {offer.machine}")
    table.add_row("Landlock", f"ABI {offer.landlock}" if offer.landlock else "no")
    table.add_row("seccomp", "yes" if offer.seccomp else "no")
    table.add_row("namespaces", {"own": "yes", "bubblewrap": "through bubblewrap", "": "no"}[offer.namespaces])
    table.add_row("languages", ", ".join(["python", *(name for name, path in facts["languages"].items() if path)]))
    for note in offer.notes:
        table.add_row("note", note)
    out.print(table)
    out.print(f"\nlevel [bold]{offer.level}[/bold]: {levels.LEVELS[offer.level]}.")
    order = list(levels.LEVELS)
    weaker = order[: order.index(offer.level)]
    if offer.level != order[0]:
        out.print("\n".join(f"[dim]{name}: {levels.LEVELS[name]}.[/dim]" for name in reversed(weaker)))
    out.print("untrusted programs: " + ("yes" if facts["untrusted"] else f"refused; level {levels.UNTRUSTED!r} is needed"))


def _show_rows(rows: list[Row], level: str) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), title=f"\ntried at level {level}", title_justify="left")
    for heading in ("kind", "attempt", "result", ""):
        table.add_column(heading)
    colours = {"held": "green", "escaped": "bold red", "not applicable": "dim"}
    for row in rows:
        table.add_row(row.kind, escape(row.name), f"[{colours[row.result]}]{row.result}[/]", escape(row.detail[:100]))
    console().print(table)
    counts = Counter(row.result for row in rows)
    console().print("; ".join(f"{counts[result]} {result}" for result in colours))

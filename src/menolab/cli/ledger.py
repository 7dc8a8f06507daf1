"""`meno ledger`: what was claimed and what was seen; prints the table, measures methods, writes the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from menolab.errors import BadInput, check_range

if TYPE_CHECKING:
    from menolab.runs.stage import Stage


@dataclass(frozen=True)
class Args:
    """Print the ledger, measure methods for it (`meno ledger run METHOD ...`), or write its pages (`meno ledger write`).

    A run takes each method over the seeds from the ground's shared cold starts, with as many steps as draw GRPO's number of tokens, and stores one small
    file a method in ledger/. Runs are kept under --out: after Ctrl-C or a crash the same command goes on, and a method that is there is not measured again.
    """

    action: Annotated[Literal["show", "run", "write"], tyro.conf.Positional] = "show"
    methods: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """For `run`: published methods; "pending" stands for all that have no entry."""
    on: str = "level"
    """The ground."""
    seeds: int = 3
    """For `run`: seeds 0 to N-1."""
    jobs: int = 1
    """For `run`: how many runs at a time, each on a core of its own for models as small as the level ground's."""
    out: Path = Path("runs/ledger")
    """For `run`: where the runs are kept."""
    json: bool = False
    """One JSON document on stdout and nothing else."""


def run(args: Args) -> int:
    """Do it."""
    from menolab.cli.output import console, emit_json
    from menolab.ledger.entry import entries

    if args.methods and args.action != "run":
        raise BadInput("METHOD", args.methods[0], f"`meno ledger {args.action}` takes no methods; `meno ledger run {args.methods[0]}` measures it")
    if args.action == "write":
        from menolab.ledger.pages import write

        pages = [str(path) for path in write()]
        emit_json(pages) if args.json else console().print("\n".join(pages), soft_wrap=True)
        return 0
    stored = [entry for entry in entries() if entry.ground == args.on]
    if args.action == "run":
        made = _measure(args, [entry.method for entry in stored])
        stored = [entry for entry in entries() if entry.ground == args.on and entry.method in made]
    _show(stored, args)
    return 0


def _measure(args: Args, have: Sequence[str]) -> list[str]:
    """Measure and store; returns the methods."""
    from menolab.cli.output import progress_console
    from menolab.files import make_folder
    from menolab.ledger.entry import YARDSTICK, save
    from menolab.ledger.measure import Ground, measure
    from menolab.pieces import find
    from menolab.runs.setup import Setup

    check_range("--seeds", args.seeds, 1)
    check_range("--jobs", args.jobs, 1)
    setup = find(Setup, args.on, "--on")
    assert isinstance(setup, Setup)
    methods = _methods(args.methods, have)
    make_folder(args.out)
    total = args.seeds * (len(methods) + 1 + (YARDSTICK not in methods))
    done = 0

    def heard(place: str) -> None:
        nonlocal done
        done += 1
        progress_console().print(f"{done}/{total} {place}", soft_wrap=True)

    for entry in measure(methods, Ground(args.on, setup, args.out), range(args.seeds), jobs=args.jobs, heard=heard):
        progress_console().print(f"stored {save(entry)}", soft_wrap=True)
    return list(methods)


def _methods(words: Sequence[str], have: Sequence[str]) -> dict[str, Stage]:
    """The methods that the words name, by published name."""
    from menolab.ledger.pages import reinforcing
    from menolab.pieces import find, plain_name
    from menolab.runs.stage import Stage

    known = {plain_name(name): name for name in reinforcing()}
    if not words:
        raise BadInput("METHOD", "", "say which methods to measure, or `pending` for all that have no entry on this ground")
    asked = [name for name in known.values() if name not in have] if tuple(words) == ("pending",) else []
    for word in words if tuple(words) != ("pending",) else ():
        find(Stage, word, "METHOD")  # a typo is refused with the nearest names
        if plain_name(word) not in known:
            raise BadInput("METHOD", word, "the ledger compares methods of the reinforcement loop; `meno catalogue --family stage` lists them")
        asked.append(known[plain_name(word)])
    return {name: find(Stage, name) for name in asked}  # type: ignore[misc]


def _show(stored: Sequence, args: Args) -> None:
    """Print the table of one ground."""
    from rich.table import Table

    from menolab.cli.output import console, emit_json
    from menolab.ledger.entry import START
    from menolab.ledger.pages import points
    from menolab.ledger.table import lines

    table = lines(stored)
    if args.json:
        emit_json([line.to_data() for line in table])
        return
    if not table:
        console().print(f"nothing is stored for {args.on} yet; `meno ledger run METHOD --on {args.on}` measures")
        return
    title = f"{args.on}: against GRPO at equal drawn tokens; points of pass@1 (95% interval over seeds)"
    shown = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for name, side in (("", "left"), ("pass@1", "right"), ("difference", "left"), ("length", "right"), ("claimed: seen?", "left")):
        shown.add_column(name, justify=side, no_wrap=True)  # type: ignore[arg-type]
    for line in table:
        d, effect = line.differences, line.entry.marks["effect"]
        name = line.entry.method + (" (against start)" if line.entry.against == START else "")
        figures = (f"{100 * line.mean('pass@1'):.1f}", points(d["pass@1"]), f"{d['length'].mean:+.1f}")
        shown.add_row(name, *figures, f"{effect}: {line.verdict.removeprefix('effect ')}" if effect else "-")
    console().print(shown)

"""`meno study`: a question about models, asked as a paper asks it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from menolab.errors import check_range

if TYPE_CHECKING:
    from menolab.studies.desk import Desk
    from menolab.studies.findings import Findings
    from menolab.studies.study import Study

USAGE = "meno study NAME MODEL|RUN|RECORD... [--field value]"


@dataclass(frozen=True)
class Options:
    """What every study takes beside its own settings."""

    on: str = ""
    """The task, by name (see `meno tasks`) or a file of problems; default: that of the stored samples, or of the run."""
    problems: int = 64
    """At most so many problems, where none are stored."""
    temperature: float | None = None
    """Of answers that have to be drawn; default: as the run evaluates, else 1."""
    max_tokens: int | None = None
    """Limit of a response that has to be drawn; default: as the run evaluates, else 512."""
    redraw: bool = False
    """Draw answers of the models though samples of them are stored."""
    seed: int = 0
    """Which problems and which draws."""
    out: Path | None = None
    """Folder of the findings; default RUN/studies/NAME for one run, which its report then links to, else runs/study-NAME-TIME. After a kill the same command
    with the same folder goes on where it was."""
    json: bool = False
    """Print one JSON document and nothing else."""


@dataclass(frozen=True)
class Args:
    """A study and what it is given."""

    study: Study | None
    """None: list the studies."""
    inputs: tuple[str, ...]
    options: Options


def parse(argv: Sequence[str]) -> Args:
    """The study that the first word names, with the fields that the options set.

    Raises:
        BadInput: no such study (with the nearest names), or a value out of range.
    """
    if argv and argv[0] in ("-h", "--help"):
        print(f"usage: {USAGE} [--json]\n\n`meno study` alone lists the studies; `meno study NAME --help` shows what one of them takes.")
        raise SystemExit(0)
    if not argv or argv[0] == "--json":
        return Args(None, (), Options(json="--json" in argv))
    import tyro

    from menolab.pieces import find
    from menolab.studies.study import Study

    study: Any = find(Study, argv[0], "NAME")
    flat = tyro.conf.arg(name="")
    shape = dataclasses.make_dataclass(
        "Words",
        [
            ("inputs", Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="MODEL|RUN|RECORD", help="What to study.")], ()),
            ("study", Annotated[type(study), flat], dataclasses.field(default=study)),
            ("options", Annotated[Options, flat], dataclasses.field(default=Options())),
        ],
        frozen=True,
    )
    found = tyro.cli(shape, args=list(argv[1:]), prog=f"meno study {argv[0]}", description=type(study).__doc__, default=shape())
    return Args(found.study, found.inputs, found.options)


def run(args: Args) -> int:
    """Carry out the study, print what it found, and say where it lies."""
    from menolab.cli.output import emit_json

    if args.study is None:
        return _listed(args.options.json)
    from rich.progress import Progress

    from menolab.cli.output import progress_console
    from menolab.cli.train import default_folder
    from menolab.pieces import plain_name
    from menolab.studies.study import PAGE, RECORD, carry_out, free
    from menolab.studies.subject import subjects

    check_range("problems", args.options.problems, 1)
    found_subjects = subjects(args.inputs)
    if args.options.redraw:
        found_subjects = [dataclasses.replace(subject, results={}) for subject in found_subjects]
    name = getattr(args.study, "catalogue", "") or plain_name(type(args.study).__name__)
    inside = home(args.inputs, name, lambda folder: free(folder, args.study, found_subjects))  # type: ignore[arg-type]
    folder = args.options.out or inside or default_folder(f"study-{name}")
    with Progress(console=progress_console(), disable=not progress_console().is_terminal, transient=True) as bars:
        found = carry_out(args.study, found_subjects, _desk(args.options, folder, bars))
    if args.options.json:
        emit_json({"out": str(folder), "page": str(folder / PAGE), "record": str(folder / RECORD), **found.to_data()})
    else:
        show(found, folder / PAGE)
    return 0


def home(inputs: Sequence[str], name: str, fits: Callable[[Path], bool]) -> Path | None:
    """Where the study of one run lies, within it: studies/NAME, or NAME-2 and so on where that is taken by the same study with other settings.

    None where more than one thing is studied, or something else than a run.
    """
    if len(inputs) != 1 or not (Path(inputs[0]) / "recipe.json").is_file():
        return None
    top = Path(inputs[0]) / "studies"
    return next(folder for i in count(1) if fits(folder := top / (name if i == 1 else f"{name}-{i}")))


def _desk(options: Options, folder: Path, bars: Any) -> Desk:
    from menolab.cli import evaluate
    from menolab.keys import Key
    from menolab.studies.desk import Desk

    task = evaluate.choose_tasks(evaluate.Args(on=(options.on,)), None)[0] if options.on else None
    rows: dict[str, Any] = {}

    def notify(what: str, done: int, total: int) -> None:
        if what not in rows:
            rows[what] = bars.add_task(what, total=total)
        bars.update(rows[what], completed=done)

    return Desk(folder, Key.root(options.seed).fold("study"), task, options.problems, options.temperature, options.max_tokens, notify)


def _listed(json: bool) -> int:
    from menolab.cli.output import console, emit_json
    from menolab.pieces import catalogue

    rows = catalogue("study")
    if json:
        emit_json(rows)
        return 0
    console().print(f"usage: {USAGE}\n", markup=False)
    for row in rows:
        console().print(f"  {row['id']}: {row['summary']}", markup=False, soft_wrap=True)
    console().print("\nmeno study NAME --help says what a study takes.", markup=False)
    return 0


def show(found: Findings, path: Path) -> None:
    """Print the findings."""
    from rich.table import Table
    from rich.text import Text

    from menolab.cli.output import console
    from menolab.studies.page import cell

    console().print(found.title, style="bold", markup=False, soft_wrap=True)
    numbers = Table(box=None, padding=(0, 2, 0, 0))
    for column, justify in (("", "left"), ("value (95%)", "left"), ("n", "right"), ("p", "right")):
        numbers.add_column(column, justify=justify)  # type: ignore[arg-type]
    for name, value in found.numbers.items():
        numbers.add_row(Text(name), str(value), "" if value.n is None else str(value.n), "" if value.p is None else f"{value.p:.2g}")
    console().print(numbers)
    for sheet in found.tables:
        table = Table(title=sheet.title, box=None, padding=(0, 2, 0, 0), title_justify="left")
        for column in sheet.columns:
            table.add_column(column)
        for row in sheet.rows:
            table.add_row(*(Text(cell(value)) for value in row))
        console().print(table)
    console().print(found.verdict, markup=False, soft_wrap=True)
    for warning in found.warnings:
        console().print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)
    for clause in found.shows_not:
        console().print(f"not shown: {clause}", markup=False, soft_wrap=True)
    console().print(f"page: {path}", markup=False, soft_wrap=True)

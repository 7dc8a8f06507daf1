"""`meno tasks`: the tasks, with an example each."""

from __future__ import annotations

import dataclasses
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro

from menolab.cli.output import console, emit_json
from menolab.errors import BadInput, unknown
from menolab.keys import Key
from menolab.pieces import plain_name, subclasses, summary, to_data
from menolab.tasks.layouts import file_task, published
from menolab.tasks.published import PublishedFile
from menolab.tasks.task import Task


@dataclass(frozen=True)
class Args:
    """List the tasks, with an example problem and a demonstration each."""

    name: Annotated[str, tyro.conf.Positional] = ""
    """Only this task (its class name, e.g. Countdown), or that of a file or folder of problems."""
    path: Annotated[str, tyro.conf.Positional] = ""
    """The file or folder that the task reads, or hub:owner/name; shows its first problem."""
    seed: int = 0
    """Which example to draw."""
    json: bool = False
    """Print one JSON document."""


def task_classes() -> dict[str, type[Task]]:
    """The tasks by class name. Imports the tasks' room alone: the whole package would bring torch along."""
    published()  # imports the room
    found = sorted(subclasses(Task), key=lambda c: c.__name__)
    return {c.__name__: c for c in found if issubclass(c, Task) and not inspect.isabstract(c) and dataclasses.is_dataclass(c)}


def run(args: Args) -> int:
    """Print the tasks."""
    key = Key.root(args.seed)
    if args.path or (args.name and is_path(args.name)):
        rows = [_file_row(named_task(args.path or args.name, args.name if args.path else "auto", "name"), key)]
    else:
        rows = [_row(cls, key, asked=bool(args.name)) for cls in ([named_class(args.name, "name")] if args.name else task_classes().values())]
    if args.json:
        emit_json(rows)
    else:
        for row in rows:
            _show(row)
    return 0


def is_path(name: str) -> bool:
    """Whether a name on the command line is a file, a folder or a Hub data set; tasks are named without a suffix."""
    return name.startswith("hub:") or bool(name and (Path(name).suffix or Path(name).exists()))


def named_class(name: str, field: str) -> type[Task]:
    """The task class that `name` names, by its class name or its kind.

    Raises:
        BadInput: there is none, with the nearest ones.
    """
    known = task_classes()
    by_plain = {plain_name(kind): cls for kind, cls in published().items()} | {plain_name(known_name): cls for known_name, cls in known.items()}
    if plain_name(name) not in by_plain:
        raise unknown(field, name, known)
    return by_plain[plain_name(name)]


def named_task(name: str, kind: str, field: str) -> Task:
    """The task of a name or a file.

    Args:
        name: a task's name (see `meno tasks`), a file or folder of problems, or a Hub data set.
        kind: of a file: "auto", or a benchmark by its kind or class name.
        field: what an error calls `name`.

    Raises:
        BadInput: no such task or file, or a task that needs one.
    """
    if not is_path(name):
        cls = named_class(name, field)
        missing = _missing(cls)
        if missing:
            raise BadInput(field, name, f"reads data: give {', '.join(missing)}, here as a file or folder of {name} in its place")
        return cls()
    if not name.startswith("hub:") and not Path(name).exists():
        raise BadInput(field, name, "no such file; a task is named without a suffix, see `meno tasks`")
    cls = None if kind == "auto" else named_class(kind, "kind")
    if cls is not None and not issubclass(cls, PublishedFile):
        raise BadInput("kind", kind, "reads no file")
    return file_task(name, "auto" if cls is None else cls.kind)


def _missing(cls: type[Task]) -> list[str]:
    fields = [f for f in dataclasses.fields(cls) if f.init]  # type: ignore[arg-type]
    return [f.name for f in fields if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING]


def _row(cls: type[Task], key: Key, *, asked: bool) -> dict[str, Any]:
    missing = _missing(cls)
    row = {"id": cls.__name__, "name": None, "module": cls.__module__, "summary": summary(cls), "paper": cls.paper, "needs": missing, "defaults": None}
    if issubclass(cls, PublishedFile):
        row |= {"kind": cls.kind, "columns": list(cls.columns), "source": cls.source, "licence": cls.licence, "about": inspect.getdoc(cls)}
        defaults = {f.name: f.default for f in dataclasses.fields(cls)}
        hub = "" if missing else f"; without a file {defaults['path']} is read"
        return {**row, "example": None, "note": f"reads a file: meno tasks {cls.__name__} FILE, meno evaluate MODEL --on FILE{hub}"}
    if missing:
        return {**row, "example": None, "note": f"reads data: give {', '.join(missing)}"}
    task = cls()
    row |= {"name": task.name, "defaults": to_data(task)}
    if not (cls.quick or asked):
        return {**row, "example": None, "note": f"takes a moment: meno tasks {cls.__name__}"}
    try:
        return {**row, "example": _example(task, key), "note": ""}
    except BadInput as error:  # an optional library is absent
        return {**row, "example": None, "note": error.remedy}


def _file_row(task: Task, key: Key) -> dict[str, Any]:
    cls, problems = type(task), task.listed()
    row = {"id": cls.__name__, "name": task.name, "module": cls.__module__, "summary": summary(cls), "paper": cls.paper, "needs": [], "defaults": to_data(task)}
    row |= {"problems": len(problems or ())}
    if isinstance(task, PublishedFile) and not task.shown:
        return {**row, "example": None, "note": f"{len(problems or ())} problems; its authors ask that examples are not shown in plain text"}
    return {**row, "example": _example(task, key), "note": ""}


def _example(task: Task, key: Key) -> dict[str, Any]:
    problem = task(key.fold("problem"))
    try:
        demonstration = dataclasses.asdict(task.demonstrate(problem, key.fold("demonstration")))
    except NotImplementedError:
        demonstration = None
    return {"id": problem.id, "prompt": problem.prompt, "answer": problem.answer, "difficulty": problem.difficulty, "demonstration": demonstration}


def _show(row: dict[str, Any]) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    out = console()
    out.print(f"[bold]{row['id']}[/bold]  {escape(row['summary'])}")
    example = row["example"]
    if "kind" in row:
        columns = f"columns {', '.join(row['columns'])}; " if row["columns"] else ""
        out.print(Padding(escape(f"kind {row['kind']}; {columns}from {row['source']}; {row['licence']}"), (0, 0, 0, 4)))
    if example is None:
        out.print(Padding(escape(row["note"]), (0, 0, 1, 4)))
        return
    parts = [("problem", example["prompt"]), ("answer", example["answer"])]
    if example["demonstration"]:
        parts.append((f"response, style {example['demonstration']['style']}", example["demonstration"]["text"]))
    for label, text in parts:
        out.print(f"    [dim]{label}[/dim]")
        out.print(Padding(escape(text.rstrip()), (0, 0, 0, 6)))
    out.print()

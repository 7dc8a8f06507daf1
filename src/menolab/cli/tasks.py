"""`meno tasks`: the tasks, with an example each."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from typing import Annotated, Any

import tyro

from menolab import tasks as room
from menolab.cli.output import console, emit_json
from menolab.errors import BadInput, unknown
from menolab.keys import Key
from menolab.pieces import plain_name, subclasses, summary, to_data
from menolab.tasks.task import Task


@dataclass(frozen=True)
class Args:
    """List the tasks, with an example problem and a demonstration each."""

    name: Annotated[str, tyro.conf.Positional] = ""
    """Only this task (its class name, e.g. Countdown)."""
    seed: int = 0
    """Which example to draw."""
    json: bool = False
    """Print one JSON document."""


def task_classes() -> dict[str, type[Task]]:
    """The tasks by class name. Imports the tasks' room alone: the whole package would bring torch along."""
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        importlib.import_module(module.name)
    found = sorted(subclasses(Task), key=lambda c: c.__name__)
    return {c.__name__: c for c in found if issubclass(c, Task) and not inspect.isabstract(c) and dataclasses.is_dataclass(c)}


def run(args: Args) -> int:
    """Print the tasks."""
    known = task_classes()
    chosen = {name: task for name, task in known.items() if not args.name or plain_name(name) == plain_name(args.name)}
    if not chosen:
        raise unknown("name", args.name, known)
    rows = [_row(task, Key.root(args.seed), asked=bool(args.name)) for task in chosen.values()]
    if args.json:
        emit_json(rows)
    else:
        for row in rows:
            _show(row)
    return 0


def _row(cls: type[Task], key: Key, *, asked: bool) -> dict[str, Any]:
    fields = [f for f in dataclasses.fields(cls) if f.init]  # type: ignore[arg-type]
    missing = [f.name for f in fields if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING]
    row = {"id": cls.__name__, "name": None, "module": cls.__module__, "summary": summary(cls), "paper": cls.paper}
    row |= {"needs": missing, "defaults": None}
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

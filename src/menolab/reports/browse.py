"""Which runs and results lie under a folder, and what a line about each says."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from menolab.errors import BadInput
from menolab.evaluation.record import load_record
from menolab.evaluation.statistics import Estimate
from menolab.reports.curves import Curves, curves
from menolab.reports.run import FINDINGS, STATES, STUDY_PAGE

DEEPEST = 6
"""Levels of folders that are searched."""
INSIDE = frozenset({"checkpoints", "models", "rollouts", "evaluation", "node_modules", "__pycache__"})
"""Folders that hold no runs."""


@dataclass(frozen=True)
class Found:
    """A run, a folder of result records, or a study."""

    name: str
    """Its path from the folder that was searched: how it is asked for."""
    kind: Literal["run", "records", "study"]
    path: Path


def find(folder: Path) -> list[Found]:
    """Runs and folders of records under a folder, itself included, by name. Links are not followed.

    Raises:
        BadInput: no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "no such folder"
        raise BadInput("folder", str(folder), f"{what}; give a folder that holds runs, such as runs/")
    return sorted(_walk(folder, folder, 0), key=lambda found: found.name)


def _walk(top: Path, folder: Path, depth: int) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError:
        return
    names = {entry.name for entry in entries}
    own = folder.relative_to(top).as_posix() if folder != top else folder.resolve().name
    is_run = bool(names & {"recipe.json", "metrics.jsonl"}) or any((folder / "evaluation").glob("*/*.json"))
    if FINDINGS in names and STUDY_PAGE in names:
        yield Found(own, "study", folder)
        return  # the samples it drew are its own
    if is_run:
        yield Found(own, "run", folder)
    elif any(name.endswith(".json") and f"{name[:-5]}.parquet" in names for name in names):
        yield Found(own, "records", folder)
    if depth < DEEPEST:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in INSIDE:
                yield from _walk(top, Path(entry.path), depth + 1)


@dataclass(frozen=True)
class Line:
    """What the overview says of a run."""

    found: Found
    command: str
    """What was typed, empty if unknown."""
    scores: Sequence[tuple[str, Sequence[tuple[str, Estimate | None]]]]
    """Task -> (state, pass@1) in the states' order."""
    stored: int
    """Steps whose rollouts are stored."""
    curves: Curves
    changed: float
    """When the run last wrote, seconds since 1970."""
    problems: Sequence[str]
    """What could not be read."""


def line(found: Found) -> Line:
    """Read what the overview says; damaged parts are named and do not stop it."""
    wrong: list[str] = []
    scores: dict[str, list[tuple[str, Estimate | None]]] = {}
    for path in sorted(_records(found), key=lambda p: (p.parent.name, STATES.index(p.stem) if p.stem in STATES else len(STATES), p.stem)):
        try:
            record = load_record(path)
            scores.setdefault(record.task, []).append((path.stem, record.metrics.get("pass@1")))
        except BadInput as error:
            if path.with_suffix(".parquet").is_file():
                wrong.append(str(error))
    stored = sum(1 for _ in (found.path / "rollouts").glob("step-*.parquet"))
    drawn, damage = curves(found.path) if found.kind == "run" else (Curves(), [])
    return Line(found, _command(found.path, wrong), list(scores.items()), stored, drawn, _changed(found.path), [*wrong, *damage])


def _records(found: Found) -> list[Path]:
    return list((found.path / "evaluation").glob("*/*.json") if found.kind == "run" else found.path.glob("*.json"))


def _command(folder: Path, wrong: list[str]) -> str:
    path = folder / "facts.json"
    if not path.is_file():
        return ""
    try:
        words = json.loads(path.read_bytes()).get("command", [])
        return " ".join([Path(str(words[0])).name, *map(str, words[1:])]) if words else ""
    except (OSError, ValueError, AttributeError, TypeError) as error:
        wrong.append(f"facts.json cannot be read ({error})")
        return ""


def _changed(folder: Path) -> float:
    """The latest change of the files directly in the folder."""
    times = [entry.stat(follow_symlinks=False).st_mtime for entry in os.scandir(folder)]
    return max(times, default=0.0)

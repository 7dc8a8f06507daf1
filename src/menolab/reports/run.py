"""What a run folder holds, read so that a missing or broken part is said and never stops the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from menolab.errors import BadInput
from menolab.evaluation.record import Result, load

STATES = ("base", "cold_start", "trained")
"""The model's states, in the order of a run; results are named by them."""


FINDINGS, STUDY_PAGE = "findings.json", "study.html"
"""What a study leaves in its folder."""


@dataclass(frozen=True)
class StudyOf:
    """A study whose findings lie in a folder."""

    folder: str
    """The folder's name."""
    title: str
    verdict: str


@dataclass(frozen=True)
class Run:
    """A run folder in memory."""

    folder: Path
    recipe: Any
    """JSON of the recipe, None if missing."""
    facts: Mapping[str, Any]
    metrics: Sequence[Mapping[str, Any]]
    """One mapping a step, in order; where a step was written twice (a resumed run) the later."""
    timings: Sequence[Mapping[str, Any]]
    results: Mapping[str, Mapping[str, Result]]
    """By task, then by state in the order of `STATES`."""
    missing: Sequence[str]
    """What is not there or could not be read, one clause each."""
    studies: Sequence[StudyOf] = ()


def read_run(folder: Path) -> Run:
    """Read a run folder.

    Raises:
        BadInput: not a folder, or one with nothing of a run in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput("run", str(folder), "no such folder; `meno train` and `meno demo` print theirs")
    missing: list[str] = []
    recipe = _json(folder / "recipe.json", missing)
    facts = _json(folder / "facts.json", missing)
    metrics = lines(folder / "metrics.jsonl", missing)
    timings = lines(folder / "timings.jsonl", missing)
    results = _results(folder / "evaluation", _untrained(recipe), missing)
    if recipe is None and not metrics and not results:
        unreadable = [clause for clause in missing if not clause.endswith((" is missing", "holds no result"))]
        if unreadable:
            raise BadInput("run", str(folder), f"nothing of the run can be read: {'; '.join(unreadable)}")
        raise BadInput("run", str(folder), "holds no recipe.json, metrics.jsonl or evaluation/; is it a run folder?")
    studies = [found for path in sorted(folder.glob(f"studies/*/{FINDINGS}")) if (found := study_of(path, missing)) is not None]
    return Run(folder, recipe, facts if isinstance(facts, dict) else {}, metrics, timings, results, missing, studies)


def study_of(path: Path, missing: list[str]) -> StudyOf | None:
    """What the findings at `path` are about; None, and a clause in `missing`, where they cannot be read."""
    try:
        data = json.loads(path.read_bytes())
        return StudyOf(path.parent.name, str(data["title"]), str(data["verdict"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        missing.append(f"{path.parent.name}/{path.name} cannot be read ({type(error).__name__}: {error})")
        return None


def _json(path: Path, missing: list[str]) -> Any:
    if not path.is_file():
        missing.append(f"{path.name} is missing")
        return None
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        missing.append(f"{path.name} cannot be read ({error})")
        return None


def lines(path: Path, missing: list[str]) -> list[dict[str, Any]]:
    """The rows of a JSONL file by (stage, step), a later one in place of an earlier; what cannot be read is added to `missing`.

    A run that was killed may leave half a line at the end.
    """
    if not path.is_file():
        missing.append(f"{path.name} is missing")
        return []
    found: dict[tuple[str, int], dict[str, Any]] = {}
    broken = 0
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
            found[str(row["stage"]), int(row["step"])] = row
        except (ValueError, KeyError, TypeError):
            broken += bool(line.strip())
    if broken:
        missing.append(f"{path.name} has {broken} unreadable line{'s' if broken > 1 else ''}")
    stages = list(dict.fromkeys(stage for stage, _ in found))
    return [found[place] for place in sorted(found, key=lambda p: (stages.index(p[0]), p[1]))]


def _untrained(recipe: Any) -> frozenset[str]:
    """States that the run was never to reach: a recipe may have no cold start, or no method."""
    try:
        stages = {"cold_start": recipe["setup"]["cold_start"]["@"], "trained": recipe["method"]["@"]}
    except (KeyError, TypeError):
        return frozenset()
    return frozenset(state for state, path in stages.items() if str(path).endswith(":NoTraining"))


def _results(folder: Path, untrained: frozenset[str], missing: list[str]) -> dict[str, dict[str, Result]]:
    results: dict[str, dict[str, Result]] = {}
    if folder.is_dir():
        for task in sorted(p for p in folder.iterdir() if p.is_dir()):
            for state in STATES:
                path = task / f"{state}.json"
                try:
                    results.setdefault(task.name, {})[state] = load(path)
                except BadInput as error:
                    if state in untrained and not path.is_file():
                        continue
                    missing.append(f"evaluation/{task.name}/{state}.json is missing" if not path.is_file() else str(error))
    results = {task: states for task, states in results.items() if states}
    if not results:
        missing.append("evaluation/ holds no result")
    return results

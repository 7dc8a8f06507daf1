"""Questions that tests ask every task of a published file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.layouts import file_task
from menolab.tasks.published import PublishedFile
from menolab.verifiers.extract import response


def as_published(cls: type[PublishedFile], path: Path, rows: int, distinct: int | None = None) -> tuple[Problem, ...]:
    """The file is recognised, has so many problems, every gold is right by the task's own verifier, and an empty answer is not."""
    task = file_task(str(path))
    assert type(task) is cls
    problems = task.listed()
    assert len(task.located()) == rows and len(problems) == (rows if distinct is None else distinct)
    assert len({p.id for p in problems}) == len(problems) and {p.task for p in problems} == {task.name}
    for problem in problems:
        verdict = task.verify(problem, response("", problem.answer))
        assert verdict.right, (problem, verdict)
        assert task.verify(problem, response("", "I do not know")).label == "wrong"
    return problems


def refused(cls: type[PublishedFile], folder: Path, good: Any, changed: Any, said: str) -> None:
    """A file whose second row is `changed` is refused, and the error names file, row and field."""
    path = folder / "rows.json"
    path.write_text(json.dumps([good]))
    assert cls(path=str(path)).listed()  # type: ignore[call-arg]
    path.write_text(json.dumps([good, changed]))
    with pytest.raises(BadInput, match=f"rows.json row 2.*{said}"):
        cls(path=str(path)).listed()  # type: ignore[call-arg]

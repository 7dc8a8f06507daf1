"""From a file of problems to its task: published benchmarks are recognised by their columns."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil

from menolab import tasks as room
from menolab.errors import BadInput, unknown
from menolab.pieces import plain_name, subclasses
from menolab.tasks.file import Problems
from menolab.tasks.published import PublishedFile
from menolab.tasks.rows import Row, read_rows
from menolab.tasks.task import Task
from menolab.verifiers.exact import Exact
from menolab.verifiers.verifier import Verifier

PROMPT_FIELD = "prompt"


@functools.cache
def published() -> dict[str, type[PublishedFile]]:
    """The tasks of published files by kind. Imports the tasks' room alone: the whole package would bring torch along."""
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        importlib.import_module(module.name)
    return {c.kind: c for c in sorted(subclasses(PublishedFile), key=lambda c: c.__name__) if issubclass(c, PublishedFile) and not inspect.isabstract(c)}


def file_task(
    path: str,
    kind: str = "auto",
    *,
    prompt_field: str = PROMPT_FIELD,
    answer_field: str = "answer",
    id_field: str = "",
    demonstration_field: str = "",
    verifier: Verifier = Exact(),
) -> Task:
    """The task of a file, folder or Hub data set.

    Args:
        path: JSONL, JSON, CSV, TSV, Parquet, Arrow (each also .gz), a folder of such files, or ``hub:owner/name[/configuration][@revision][:split]``.
        kind: "problems" for prompts with answers, the kind of a published benchmark, or "auto" to tell by the columns.
        prompt_field, answer_field, id_field, demonstration_field, verifier: of a file of prompts with answers.

    Raises:
        BadInput: unknown kind, or a file that cannot be read.
    """
    known = {plain_name(name): name for name in ("auto", "problems", *published())}
    if plain_name(kind) not in known:
        raise unknown("kind", kind, known.values())
    kind = known[plain_name(kind)]
    if kind == "auto":
        kind = "problems" if prompt_field != PROMPT_FIELD else layout(read_rows(path)[0], path)
    if kind != "problems":
        return published()[kind](path)  # type: ignore[call-arg]
    return Problems(path, prompt_field, answer_field, verifier, id_field, demonstration_field)


def layout(row: Row, path: str) -> str:
    """The kind of the benchmark whose file at `path` begins with `row`; "problems" where none is recognised.

    Raises:
        BadInput: several are.
    """
    found = [kind for kind, cls in published().items() if cls.recognises(row, path)]
    if len(found) > 1:
        raise BadInput("path", path, f"could be {' or '.join(found)}; say which with --kind")
    return found[0] if found else "problems"

"""A user's own problems, from a file or the Hub."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.rows import Located, Row, check_field, located_rows, stamp
from menolab.tasks.task import Task
from menolab.verifiers.exact import Exact
from menolab.verifiers.verifier import Verifier

T = TypeVar("T")


@dataclass(frozen=True)
class Problems(Task):
    """Problems of a JSONL, JSON, CSV, TSV or Parquet file (told by the suffix) or of a Hub data set (``hub:owner/name:split``).

    Columns other than the prompt's and the answer's become the problem's facts, so that verifiers that need more than the answer find it.
    The file is read and checked on first use: a missing field, an id twice, an answer that the verifier cannot read stop a run before it starts.
    """

    path: str
    prompt_field: str = "prompt"
    answer_field: str = "answer"
    verifier: Verifier = Exact()
    id_field: str = ""
    """Empty: the id is a hash of the prompt."""
    demonstration_field: str = ""
    """A worked response to learn from in a cold start; empty: the file holds none."""

    def __post_init__(self) -> None:
        for field in ("path", "prompt_field", "answer_field"):
            if not getattr(self, field):
                raise BadInput(field, getattr(self, field), "must not be empty")

    @property
    def name(self) -> str:
        """The file's name without its suffix, or the Hub data set's name."""
        return self.path.removeprefix("hub:").replace("/", "_").replace(":", "_") if self.path.startswith("hub:") else Path(self.path).stem

    def listed(self) -> tuple[Problem, ...]:
        """All problems in file order.

        Raises:
            BadInput: whatever is wrong with the file, with the line or row.
        """
        return read_once(self.path, self, _problems)

    def __call__(self, key: Key) -> Problem:
        """One of the problems, uniform."""
        return key.random().choice(self.listed())

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """The file's own worked response, in the form it has there."""
        if not self.demonstration_field:
            raise NotImplementedError("the file's demonstration field is not named")
        text = problem.facts[self.demonstration_field]
        return Demonstration(text, "own")


def read_once(path: str, owner: Any, make: Callable[[Any, tuple[Located, ...]], tuple[T, ...]]) -> tuple[T, ...]:
    """`make(owner, rows of the file or folder with their places)`, kept in memory until the file changes on disk."""
    return _read(path, stamp(path), owner, make)


@lru_cache(maxsize=16)
def _read(path: str, changed: tuple[int, ...], owner: Any, make: Callable[[Any, tuple[Located, ...]], tuple[Any, ...]]) -> tuple[Any, ...]:
    del changed  # part of the cache's key only
    return make(owner, located_rows(path))


def check_ids(problems: tuple[Problem, ...], path: str) -> None:
    """Raise `BadInput` where two problems have one id."""
    twice = [i for i, count in Counter(p.id for p in problems).items() if count > 1]
    if twice:
        raise BadInput(f"ids of {path}", twice[:5], f"{len(twice)} ids occur more than once; results are kept by id, so each problem needs its own")


def _problems(task: Problems, located: tuple[Located, ...]) -> tuple[Problem, ...]:
    rows = [row for _, row in located]
    for field in filter(None, (task.prompt_field, task.answer_field, task.id_field, task.demonstration_field)):
        check_field(rows, field, task.path)
    problems = tuple(_problem(task, row, where) for where, row in located)
    check_ids(problems, task.path)
    if task.demonstration_field and not all(isinstance(p.facts[task.demonstration_field], str) for p in problems):
        raise BadInput(f"{task.demonstration_field} of {task.path}", "not text", "every row needs a worked response as text")
    unreadable = [(where, p.answer) for (where, _), p in zip(located, problems, strict=True) if not task.verifier.readable(p.answer)]
    if unreadable:
        shown = ", ".join(f"{where}: {answer[:40]!r}" for where, answer in unreadable[:3])
        remedy = f"{type(task.verifier).__name__} cannot read {len(unreadable)} of {len(problems)} answers; choose another verifier or mend them"
        raise BadInput(f"{task.answer_field} of {task.path}", shown, remedy)
    return problems


def _problem(task: Problems, row: Row, where: str) -> Problem:
    prompt, answer = row[task.prompt_field], row[task.answer_field]
    if not isinstance(prompt, str) or not prompt.strip():
        raise BadInput(f"{where}: {task.prompt_field}", prompt, "must be text and not empty")
    if not isinstance(answer, (str, int, float)) or isinstance(answer, bool) or not str(answer).strip():
        raise BadInput(f"{where}: {task.answer_field}", answer, "must be text or a number and not empty")
    identity = str(row[task.id_field]) if task.id_field else hashlib.blake2b(prompt.encode(), digest_size=8).hexdigest()
    facts = {name: value for name, value in row.items() if name not in (task.prompt_field, task.answer_field, task.id_field)}
    return Problem(id=identity, task=task.name, prompt=prompt, answer=str(answer), facts=facts)

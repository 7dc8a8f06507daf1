"""What tasks that read a published benchmark share: recognise its files, read them, name what is wrong and where."""

from __future__ import annotations

import abc
import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem, Verdict
from menolab.tasks.file import read_once
from menolab.tasks.rows import Located, Row
from menolab.tasks.task import Task
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class PublishedFile(Task):
    """The problems of a published benchmark, from its file, from a folder of such files, or from the Hub.

    A leaf states where the data is from and which columns tell it (`kind`, `source`, `licence`, `columns`, `recognises`), makes a problem of a row
    (`problem`), and says in its docstring what prompt it writes and which defects of the data are known. Rows with the same id are one problem: the
    first counts, and `meno audit task` lists the others.
    """

    kind: ClassVar[str]
    """What it is called in results and by --kind, e.g. "gsm8k"."""
    source: ClassVar[str]
    """Where the checked copy is from: owner/repository @ commit; "unchecked" where none was."""
    licence: ClassVar[str]
    """Under which licence that copy stands."""
    columns: ClassVar[tuple[str, ...]]
    """Fields that every row has."""
    shown: ClassVar[bool] = True
    """Whether `meno tasks` may print an example; the authors of some benchmarks ask that none is."""

    path: str
    """A file, a folder of files, or ``hub:owner/name[/configuration][@revision][:split]``."""
    verifier: Verifier

    @property
    def name(self) -> str:
        return self.kind

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Whether a file at `path` that begins with `row` is of this benchmark; no file may be two benchmarks'."""
        return set(cls.columns) <= set(row)

    @abc.abstractmethod
    def problem(self, row: Row, where: str) -> Problem | None:
        """The problem of a row that stands at `where`; None for rows that this task leaves out.

        Raises:
            BadInput: what is wrong with the row: `where`, field, value, remedy.
        """

    def located(self) -> tuple[tuple[str, Problem], ...]:
        """Where each problem stands and the problem, in file order, repeated ones included.

        Raises:
            BadInput: whatever is wrong with a file, with file, line or row, field and remedy; no problem at all.
        """
        return read_once(self.path, self, located_problems)

    def listed(self) -> tuple[Problem, ...] | None:
        """The distinct problems in file order.

        Raises:
            BadInput: as `located`.
        """
        first: dict[str, Problem] = {}
        for _, problem in self.located():
            first.setdefault(problem.id, problem)
        return tuple(first.values())

    def __call__(self, key: Key) -> Problem:
        """One of the problems, uniform."""
        return key.random().choice(self.listed() or ())

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)


def located_problems(task: PublishedFile, rows: tuple[Located, ...]) -> tuple[tuple[str, Problem], ...]:
    """The problems of rows, each with its place; a task whose rows hold several problems each gives it those one by one.

    Raises:
        BadInput: as `PublishedFile.located`.
    """
    found: list[tuple[str, Problem]] = []
    for where, row in rows:
        for field in task.columns:
            if field not in row:
                raise BadInput(f"{where}: {field}", sorted(row), f"the row lacks the field; rows of {task.kind} have {', '.join(task.columns)}")
        try:
            problem = task.problem(row, where)
        except BadInput as error:  # said by a part that does not know the place
            raise error if error.field.startswith(where) else BadInput(f"{where}: {error.field}", error.value, error.remedy) from error
        if problem is not None:
            found.append((where, problem))
    if not found:
        raise BadInput("path", task.path, f"none of its {len(rows)} rows is a problem that {task!r} takes")
    return tuple(found)


def content_id(*texts: str) -> str:
    """The identity of a problem by its content: a hash of the texts, composed (NFC) and with white space made alike."""
    plain = "\0".join(" ".join(unicodedata.normalize("NFC", text).split()) for text in texts)
    return hashlib.blake2b(plain.encode(), digest_size=8).hexdigest()


def text_of(row: Row, field: str, where: str, *, may_be_empty: bool = False) -> str:
    """The text of a field.

    Raises:
        BadInput: something else, or nothing.
    """
    value = row.get(field)
    if not isinstance(value, str) or not (value.strip() or may_be_empty):
        raise BadInput(f"{where}: {field}", value, "must be text" if may_be_empty else "must be text and not empty")
    return value


def texts_of(row: Row, field: str, where: str) -> list[str]:
    """The texts of a field that holds a list of at least one.

    Raises:
        BadInput: anything else.
    """
    value = row.get(field)
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(text, str) and text.strip() for text in value):
        raise BadInput(f"{where}: {field}", value, "must be a list of texts, at least one and none empty")
    return list(value)


def answer_of(row: Row, field: str, where: str) -> str:
    """The answer of a field as text; a whole float loses its ".0", which only the file format put there.

    Raises:
        BadInput: neither text nor a number, or empty.
    """
    value: Any = row.get(field)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or not str(value).strip() or value != value:
        raise BadInput(f"{where}: {field}", value, "must be text or a number, and not empty")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def stem(path: str) -> str:
    """What a path ends in, in small letters and without suffixes, to tell a benchmark's files apart: "olymmath-en-easy"."""
    return Path(path.removeprefix("hub:")).name.lower().partition(".")[0].replace(":", "-")

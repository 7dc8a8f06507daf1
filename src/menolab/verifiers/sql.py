"""A query is right if it gives the rows that the gold query gives."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from menolab.errors import BadInput, check_range
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.sandbox import query
from menolab.sandbox.host import Call, Limits, SandboxFailed, shared
from menolab.verifiers.code import MAX_CODE, extract_code
from menolab.verifiers.code_tests import Unreadable
from menolab.verifiers.verifier import Verifier

_HARNESS = Path(query.__file__).read_text(encoding="utf-8")
_QUIET = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)

Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Table:
    """What a query gave: rows, or why there are none."""

    rows: Rows = ()
    fault: str = ""


@dataclass(frozen=True)
class SameRows(Verifier):
    """Right if the query's rows on the problem's SQLite database are the gold query's: as a multiset, and in order where the gold orders.

    Facts: ``database`` (path of a SQLite file) or ``schema`` (a script that makes one). The gold query is the problem's answer. Each query runs in a
    process of its own in the sandbox, on a copy in memory, and may only read; the gold rows never come near the model's query.
    """

    kinds: ClassVar[tuple[str, ...]] = ("sql",)
    cpu: float = 5.0
    """Seconds of processor time for one query."""
    most_rows: int = 10_000
    digits: int = 10
    """Significant digits to which floats are compared: a sum depends on the order of its terms in the last ones."""

    def __post_init__(self) -> None:
        check_range("cpu", self.cpu, 0.0, 86_400, open_low=True)
        check_range("most_rows", self.most_rows, 1, 1_000_000)
        check_range("digits", self.digits, 1, 17)

    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response."""
        sql = extract_code(text)
        if sql is None:
            return wrong("extract", "no query found")
        if len(sql) > MAX_CODE:
            return wrong("extract", "the query is too long", sql[:1000])
        try:
            where = _where(problem.facts)
            gold = _gold(where, problem.answer, self.most_rows, self.cpu)
            if gold.fault:
                return undecided("gold", f"the gold query: {gold.fault}", sql)
            found = _run(where, sql, self.most_rows, self.cpu)
        except Unreadable as error:
            return undecided("gold", str(error), sql)
        except (SandboxFailed, BadInput, OSError) as error:
            return undecided("sandbox", str(error), sql)
        if found.fault:
            return wrong("run", found.fault, sql)
        return self._compare(gold.rows, found.rows, sql, ordered=orders(problem.answer))

    def _compare(self, gold: Rows, found: Rows, sql: str, *, ordered: bool) -> Verdict:
        ours, theirs = ([tuple(self._plain(value) for value in row) for row in rows] for rows in (gold, found))
        if ours == theirs or (not ordered and Counter(ours) == Counter(theirs)):
            return right("compare", f"the same {len(ours)} rows", sql)
        if Counter(ours) == Counter(theirs):
            return wrong("compare", "the same rows in another order", sql)
        return wrong("compare", f"{len(theirs)} rows that are not the {len(ours)} wanted", sql)

    def _plain(self, value: object) -> object:
        return float(f"{value:.{self.digits}g}") if type(value) is float else value

    def check(self, problem: Problem, where: str) -> None:
        """Raise `BadInput` where the facts name no database."""
        try:
            _where(problem.facts)
        except Unreadable as error:
            raise BadInput(where, sorted(problem.facts), str(error)) from error

    def readable(self, answer: str) -> bool:
        """Whether there is a query at all; only its database can say more."""
        return bool(answer.strip())


def orders(sql: str) -> bool:
    """Whether a query orders its rows: an ORDER BY outside of all brackets, texts and comments."""
    text, depth, kept = _QUIET.sub(" ", sql), 0, []
    for char in text:
        depth += (char == "(") - (char == ")")
        kept.append(char if depth == 0 else " ")
    return _ORDER.search("".join(kept)) is not None


Where = tuple[str, str, int]
"""Path of the database, or the schema; and when the file last changed."""


def _where(facts: Mapping[str, Any]) -> Where:
    path, schema = facts.get("database"), facts.get("schema")
    if isinstance(path, str) and path and schema is None:
        try:
            return path, "", Path(path).stat().st_mtime_ns
        except (OSError, ValueError) as error:
            raise Unreadable(f"the database cannot be read: {error}") from error
    if isinstance(schema, str) and schema.strip() and path is None:
        return "", schema, 0
    raise Unreadable("the facts need either 'database' (a path) or 'schema' (a script)")


def _run(where: Where, sql: str, most: int, cpu: float) -> Table:
    path, schema, _ = where
    call = Call("rows", (schema, sql, most, cpu))
    called = shared().calls(_HARNESS, [call], Limits(cpu=cpu + 1.0, wall=2 * cpu + 5.0), [Path(path)] if path else [])
    answer = called.answers[0] if called.answers else called.load
    if answer.raised or answer.lost:
        return Table(fault=called.end.trouble or answer.lost or f"{answer.raised}: {answer.text}")
    rows = tuple(answer.value)
    return Table(fault=f"more than {most} rows") if len(rows) > most else Table(rows)


@functools.lru_cache(maxsize=4096)
def _gold(where: Where, sql: str, most: int, cpu: float) -> Table:
    """The gold rows: run once a problem, not once a rollout."""
    return _run(where, sql, most, cpu)

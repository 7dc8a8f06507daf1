"""Spider: questions about databases, answered by SQL that is run."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import PublishedFile, content_id, text_of
from menolab.tasks.rows import Row, stamp
from menolab.verifiers.sql import SameRows
from menolab.verifiers.verifier import Verifier

PROMPT = (
    "Given the tables of an SQLite database, write one query that answers the question. Answer with the query in one block of code.\n\n"
    "```sql\n{tables}\n```\n\nQuestion: {question}"
)
HARDNESS = {"easy": 1.0, "medium": 2.0, "hard": 3.0, "extra": 4.0}

_TOKEN = re.compile(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`|[^'`]+", re.DOTALL)
_EXTRA = re.compile(
    r"\s+(?:AUTO_INCREMENT|COLLATE \w+|CHARACTER SET \w+|COMMENT '(?:[^']|'')*'|unsigned|ON UPDATE CURRENT_TIMESTAMP)(?=[\s,)]|$)", re.IGNORECASE
)
_PREFIX = re.compile(r"(?<=`)\(\d+\)")
"""How much of a text a key uses."""
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


@dataclass(frozen=True)
class Spider(PublishedFile):
    """The 1,034 development questions of Spider over 20 databases, in InterCode's edition, which has the databases in one MySQL dump.

    Reads db, gold, query (the question), hardness (the difficulty: easy 1 to extra 4) and db_tables, and the dump ``*dbs.sql`` beside the file, which is
    translated for SQLite. A query is right if it gives the gold query's rows, in order where the gold orders. Prompt: the tables as CREATE TABLE, and the
    question.
    Known defects: large tables are cut in the dump, so that some golds give no rows, and any query that gives none is right on them; the golds are written
    for SQLite, and a few compare texts whose case MySQL ignores.
    Source: Yu et al. 2018, "Spider" (arXiv:1809.08887); Yang et al. 2023, "InterCode" (arXiv:2306.14898).
    """

    paper = "arXiv:1809.08887"
    kind: ClassVar[str] = "spider"
    source: ClassVar[str] = "princeton-nlp/intercode @ c3e46d827cfc9d4c704ec078f7abf9f41e3191d8"
    licence: ClassVar[str] = "MIT (the copy's repository); CC BY-SA 4.0 (the data set)"
    columns: ClassVar[tuple[str, ...]] = ("db", "gold", "query", "hardness", "db_tables")

    verifier: Verifier = SameRows()

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no dump beside the file, or no such database in it.
        """
        database, question, gold = (text_of(row, field, where).strip() for field in ("db", "query", "gold"))
        schemas = _databases(self.path, stamp(str(Path(self.path).parent)))
        if database not in schemas:
            raise BadInput(f"{where}: db", database, f"not among the {len(schemas)} databases of the dump *dbs.sql beside {self.path}; put it there")
        script = schemas[database]
        tables = "\n\n".join(statement for statement in script.split(";\n") if statement.startswith("CREATE TABLE"))
        facts = {"schema": script, "db": database}
        prompt = PROMPT.format(tables=tables, question=question)
        return Problem(content_id(database, question), self.kind, prompt, gold, HARDNESS.get(str(row["hardness"]), 0.0), facts)


@functools.lru_cache(maxsize=4)
def _databases(path: str, changed: tuple[int, ...]) -> dict[str, str]:
    """SQLite scripts by database, from the dumps beside a file."""
    del changed  # part of the cache's key only
    found: dict[str, str] = {}
    for dump in sorted(Path(path).parent.glob("*dbs.sql")):
        parts = re.split(r"^USE `(\w+)`;", dump.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= {name: sqlite_script(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    return found


def sqlite_script(dump: str) -> str:
    """The CREATE TABLE and INSERT statements of a MySQL dump as SQLite reads them: without keys but the primary, engines, and backslashes."""
    kept = []
    for statement in _statements(dump):
        if statement.startswith("CREATE TABLE"):
            head, _, rest = statement.partition("(\n")
            lines = [line.rstrip(",").strip() for line in rest.split("\n")[:-1]]
            columns = [_PREFIX.sub("", _EXTRA.sub("", line)) for line in lines if line.startswith(("`", "PRIMARY KEY"))]
            kept.append(head + "(\n  " + ",\n  ".join(columns) + "\n)")
        elif statement.startswith("INSERT INTO"):
            kept.append("".join(_literal(token) if token.startswith("'") else token for token in _TOKEN.findall(statement)))
    return "".join(f"{statement};\n" for statement in kept)


def _literal(token: str) -> str:
    return re.sub(r"\\(.)", lambda m: "''" if m.group(1) == "'" else _ESCAPES.get(m.group(1), m.group(1)), token, flags=re.DOTALL)


def _statements(dump: str) -> list[str]:
    """The statements of a dump: cut at semicolons outside of texts, comment lines dropped."""
    found, current = [], ""
    for token in _TOKEN.findall(re.sub(r"^--.*$|^/\*!.*?\*/;", "", dump, flags=re.MULTILINE)):
        if token[0] in "'`":
            current += token
            continue
        *ended, rest = token.split(";")
        for part in ended:
            found.append((current + part).strip())
            current = ""
        current += rest
    return [statement for statement in found if statement]

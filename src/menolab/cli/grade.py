"""`meno grade`: verify responses in a file."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import json
import pkgutil
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import tyro

from menolab import verifiers as room
from menolab.cli.output import emit_json
from menolab.errors import BadInput, unknown
from menolab.pieces import plain_name, subclasses
from menolab.records import Problem
from menolab.tasks.rows import Row, existing, jsonl_lines
from menolab.verifiers.extract import ANSWER, END_ANSWER
from menolab.verifiers.verifier import Verifier

OWN = ("id", "gold", "response", "answer", "kind")
"""What a row says itself; every other key is a fact for the verifier (numbers, target, names, choices ...)."""


@dataclass(frozen=True)
class Args:
    """Verify the responses of a JSON Lines file.

    Rows are {id, gold, response or answer, kind}; a response is searched for its final answer, an answer is taken as it is. Prints one JSON
    row a line: {id, verdict, score, stage, reason, extracted}.
    """

    file: Annotated[str, tyro.conf.Positional]
    """The rows to grade."""
    kind: str = ""
    """Verifier of the rows that name none: math, exact, numeric, choice, countdown, knights_knaves ..."""
    mode: Literal["lenient", "strict"] = "lenient"
    """lenient as in evaluations; strict as in rewards: one answer in the asked form, and nothing converted or supplied."""
    json: bool = False
    """Print one JSON list instead of a row a line."""


@dataclass(frozen=True)
class Graded:
    """A checked row: what to verify, and how."""

    problem: Problem
    text: str
    verifier: Verifier


def run(args: Args) -> int:
    """Check every row, then grade them all: nothing is printed if one row is bad."""
    file = existing(args.file)
    rows = [read_row(row, args.kind, f"{file.name} line {number}", strict=args.mode == "strict") for number, row in jsonl_lines(file)]
    if not rows:
        raise BadInput("file", args.file, "has no rows")
    graded = (grade(row) for row in rows)
    if args.json:
        emit_json(list(graded))
    else:
        for result in graded:
            print(json.dumps(result))
    return 0


def grade(row: Graded) -> dict[str, Any]:
    """The verdict on one row, as it is printed."""
    verdict = row.verifier(row.problem, row.text)
    return {
        "id": row.problem.id,
        "verdict": verdict.label,
        "score": verdict.score,
        "stage": verdict.stage,
        "reason": verdict.reason,
        "extracted": verdict.extracted,
    }


def read_row(row: Row, kind: str, where: str, *, strict: bool = False) -> Graded:
    """A checked row.

    Raises:
        BadInput: what is missing or of the wrong type, with the line number in `where`.
    """
    for name in ("id", "gold"):
        if name not in row:
            raise BadInput(where, sorted(row), f"has no {name!r}")
        if not isinstance(row[name], (str, int, float)) or isinstance(row[name], bool):
            raise BadInput(f"{where}: {name}", row[name], "must be text or a number")
    given = [name for name in ("response", "answer") if name in row]
    if len(given) != 1:
        raise BadInput(where, sorted(row), "give either 'response' or 'answer'" + (", not both" if given else ""))
    text = row[given[0]]
    if given == ["answer"] and isinstance(text, (int, float)) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        raise BadInput(f"{where}: {given[0]}", text, "must be text")
    if given == ["answer"] and ANSWER not in text:
        text = f"{ANSWER}{text}{END_ANSWER}"
    named = row.get("kind") or kind
    if not isinstance(named, str) or not named:
        raise BadInput(where, sorted(row), "has no 'kind'; name one for the whole file with --kind")
    facts = {name: value for name, value in row.items() if name not in OWN}
    verifier = verifier_of(named, where)
    return Graded(Problem(str(row["id"]), "", "", str(row["gold"]), facts=facts), text, verifier.strictly() if strict else verifier)


def verifier_of(kind: str, where: str) -> Verifier:
    """The verifier of a kind, by class name or one of its `kinds`, with its defaults.

    Raises:
        BadInput: no such kind, with the nearest ones.
    """
    known = kinds()
    plain = plain_name(kind)
    if plain not in known:
        raise unknown(f"{where}: kind", kind, known)
    return known[plain]


@functools.cache
def kinds() -> dict[str, Verifier]:
    """Kind -> verifier. Imports the verifiers' room alone; verifiers that need arguments have no kind."""
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        importlib.import_module(module.name)
    found = {}
    for cls in sorted(subclasses(Verifier), key=lambda c: c.__name__):
        if inspect.isabstract(cls) or not dataclasses.is_dataclass(cls):
            continue
        if all(f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING for f in dataclasses.fields(cls)):
            made = cls()
            found |= {plain_name(name): made for name in (cls.__name__, *cls.kinds)}  # type: ignore[attr-defined]
    return found

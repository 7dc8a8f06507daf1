"""`meno grade`: verify responses in a file."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import json
import pkgutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import tyro

from menolab import verifiers as room
from menolab.cli.output import emit_json
from menolab.errors import BadInput, unknown
from menolab.pieces import plain_name, subclasses
from menolab.records import Problem, Verdict
from menolab.tasks.rows import Row, existing, jsonl_lines
from menolab.verifiers.batch import LOST, Job, verify_all
from menolab.verifiers.extract import ANSWER, END_ANSWER
from menolab.verifiers.verifier import Verifier

OWN = ("id", "gold", "response", "answer", "kind")
"""What a row says itself; every other key is a fact for the verifier (numbers, target, names, choices ...)."""


@dataclass(frozen=True)
class Args:
    """Verify the responses of a JSON Lines file.

    Rows are {id, gold, response or answer, kind}; a response is searched for its final answer, an answer is taken as it is. Prints one JSON
    row a line: {id, verdict, score, stage, reason, extracted}.

    Kinds, and what else a row holds (in brackets: if wanted):

    math: mathematics in LaTeX or plain text;
    number, numeric: a number;
    text, exact: the same text;
    choice: a letter [choices: the options' texts];
    countdown, expression: an expression [numbers, target];
    knights_knaves: who is what [names, solution];
    short_answer, squad, nq, hotpotqa: words; gold may be a list;
    supported_answer, supporting_facts: words and the sentences they rest on, as JSON; supporting_facts;
    overlap, chrf: wording; gold may be a list;
    json: gold is any JSON; [schema, required];
    constraints, ifeval, mathif: no gold; instruction_id_list and kwargs, or constraint_name and constraint_args;
    sudoku: no gold; puzzle [box];
    code: no gold; tests, or inputs and outputs [hidden, entry, setup, prelude, prefix];
    sql: gold is a query; database or schema;
    grids, letter_grid, state_sequence, by_kind: golds as ARC, crosswords, ProcBench and BBH have them;
    optimisation: gold is the optimum, infeasible or unbounded.
    """

    file: Annotated[str, tyro.conf.Positional]
    """The rows to grade."""
    kind: str = ""
    """Verifier of the rows that name none: math, number, choice, text, code, sql, json, constraints, sudoku, short_answer ..."""
    mode: Literal["lenient", "strict"] = "lenient"
    """lenient as in evaluations; strict as in rewards: one answer in the asked form, and nothing converted or supplied."""
    workers: int = 0
    """Processes to verify in; 0: in this one, without a time limit for a whole verdict."""
    seconds: float = 60.0
    """With workers: time for one verdict; one that takes longer is undecided, at stage timeout, and its process is killed."""
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
    results = (result_row(row, verdict) for row, verdict in zip(rows, _verdicts(rows, args), strict=True))
    if args.json:
        emit_json(list(results))
    else:
        for result in results:
            print(json.dumps(result))
    return 0


def _verdicts(rows: list[Graded], args: Args) -> Iterator[Verdict]:
    """The verdicts in order; those that were lost to a timeout or a crash are counted on standard error."""
    if not args.workers:
        yield from (row.verifier(row.problem, row.text) for row in rows)
        return
    lost: Counter[str] = Counter()
    for verdict in verify_all([Job(row.verifier, row.problem, row.text) for row in rows], args.workers, args.seconds):
        lost[verdict.stage] += verdict.label == "undecided" and verdict.stage in LOST
        yield verdict
    if lost.total():
        said = f"{lost['timeout']} took longer than {args.seconds:g} s, {lost['crash']} crashed"
        print(f"meno: {lost.total()} of {len(rows)} verdicts were lost and are undecided: {said}", file=sys.stderr)


def result_row(row: Graded, verdict: Verdict) -> dict[str, Any]:
    """The verdict on one row, as it is printed."""
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
    if "id" not in row:
        raise BadInput(where, sorted(row), "has no 'id'")
    if not isinstance(row["id"], (str, int, float)) or isinstance(row["id"], bool):
        raise BadInput(f"{where}: id", row["id"], "must be text or a number")
    named = row.get("kind") or kind
    if not isinstance(named, str):
        raise BadInput(f"{where}: kind", named, "must be text")
    if not named:
        raise BadInput(where, sorted(row), "has no 'kind'; name one for the whole file with --kind")
    verifier = verifier_of(named, where)
    facts = {name: value for name, value in row.items() if name not in OWN}
    problem = Problem(str(row["id"]), "", "", _gold(row, verifier, where), facts=facts)
    text = _text(row, verifier, where)
    verifier.check(problem, where)
    return Graded(problem, text, verifier.strictly() if strict else verifier)


def _gold(row: Row, verifier: Verifier, where: str) -> str:
    """The gold answer as text; JSON of what is neither text nor a number."""
    if not verifier.golds:
        return ""
    if "gold" not in row:
        if type(None) in verifier.golds:  # the facts may say enough; the verifier's own check knows
            return ""
        raise BadInput(where, sorted(row), "has no 'gold'")
    if isinstance(row["gold"], list) and dict not in verifier.golds and not all(isinstance(item, str) for item in row["gold"]):
        raise BadInput(f"{where}: gold", row["gold"], "a list of golds holds texts")  # else it would be one gold, written as a list
    return _as_text(row["gold"], verifier.golds, f"{where}: gold")


def _text(row: Row, verifier: Verifier, where: str) -> str:
    """The whole response, or one made of the answer."""
    given = [name for name in ("response", "answer") if name in row]
    if len(given) != 1:
        raise BadInput(where, sorted(row), "give either 'response' or 'answer'" + (", not both" if given else ""))
    name = given[0]
    text = _as_text(row[name], (str, int, float, *verifier.golds) if name == "answer" else (str,), f"{where}: {name}")
    return f"{ANSWER}{text}{END_ANSWER}" if name == "answer" and ANSWER not in text else text


def _as_text(value: Any, allowed: tuple[type, ...], field: str) -> str:
    if type(value) not in allowed:
        names = {str: "text", int: "a number", list: "a list", dict: "an object"}
        raise BadInput(field, value, f"must be {' or '.join(said for kind, said in names.items() if kind in allowed)}")
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else json.dumps(value)


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
    """Kind -> verifier: those of the verifiers' room and of plug-ins; verifiers that need arguments, or live beside their task, have no kind."""
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        importlib.import_module(module.name)
    found = {}
    for cls in sorted(subclasses(Verifier), key=lambda c: c.__name__):
        beside_task = cls.__module__.startswith("menolab.") and not cls.__module__.startswith(f"{room.__name__}.")
        if inspect.isabstract(cls) or not dataclasses.is_dataclass(cls) or beside_task:
            continue
        if all(f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING for f in dataclasses.fields(cls)):
            made = cls()
            found |= {plain_name(name): made for name in (cls.__name__, *cls.kinds)}  # type: ignore[attr-defined]
    return found

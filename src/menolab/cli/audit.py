"""`meno audit`: how far a verifier can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import tyro

from menolab.cli.grade import read_row
from menolab.cli.output import console, emit_json
from menolab.errors import BadInput
from menolab.tasks.rows import Row, existing, jsonl_lines
from menolab.verifiers import second_opinion
from menolab.verifiers.audit import Case, audit, metamorphic, table

SHOWN = 20
"""Disagreements printed for people; --json has them all."""


@dataclass(frozen=True)
class Args:
    """Score a verifier: false accepts, false rejects, undecided, hangs, seconds.

    Without a file: the built-in table of answer pairs and whole responses, in both modes. With one: rows as for `meno grade`, each of which may add
    `expected` (right or wrong); a row with a gold but neither response nor answer is audited by itself, its rewrites and its near misses.
    """

    what: Annotated[Literal["verifier"], tyro.conf.Positional]
    """What to audit."""
    file: Annotated[str, tyro.conf.Positional] = ""
    """Rows {id, gold, response or answer, kind, expected}; empty: the built-in table."""
    kind: str = "math"
    """Verifier of the rows that name none."""
    mode: Literal["both", "lenient", "strict"] = "both"
    """lenient as in evaluations, strict as in rewards; a file is read as lenient unless this says strict."""
    second_opinion: bool = False
    """Also ask math-verify, and list where it says otherwise. For answers in mathematics; needs the extra "audit"."""
    json: bool = False
    """One JSON document on stdout and nothing else."""


def run(args: Args) -> int:
    """Check every row, then audit them all. The exit code is 0 whatever the verifier did: its errors are the result."""
    if args.second_opinion:
        second_opinion.check_installed()
    if args.file:
        file = existing(args.file)
        cases = [case for number, row in jsonl_lines(file) for case in _cases(row, args, f"{file.name} line {number}")]
        if not cases:
            raise BadInput("file", args.file, "has no rows")
    else:
        cases = list(table(("lenient", "strict") if args.mode == "both" else (args.mode,)))
    verdicts: list[dict[str, Any]] = []
    result = audit(cases, verdicts)
    if args.second_opinion:
        result["second_opinion"] = second_opinion.compare(cases, verdicts)
    if args.json:
        emit_json(result)
    else:
        show(result)
    return 0


def _cases(row: Row, args: Args, where: str) -> Iterator[Case]:
    """The cases of one row.

    Raises:
        BadInput: what is missing or of the wrong type.
    """
    row = dict(row)
    expected = row.pop("expected", None)
    expected = {True: "right", False: "wrong"}.get(expected, expected) if isinstance(expected, bool) else expected
    if expected not in (None, "right", "wrong"):
        raise BadInput(f"{where}: expected", expected, "must be right or wrong")
    if "response" in row or "answer" in row:
        graded = read_row(row, args.kind, where, strict=args.mode == "strict")
        yield Case(graded.problem.id, graded.problem.answer, graded.text, graded.verifier, expected, dict(graded.problem.facts))
        return
    graded = read_row({**row, "answer": ""}, args.kind, where, strict=args.mode == "strict")
    yield from metamorphic(Case(graded.problem.id, graded.problem.answer, "", graded.verifier, None, dict(graded.problem.facts)))


def show(result: dict[str, Any]) -> None:
    """Print what differs, then the counts, then what the second opinion was."""
    for row in result["disagreements"][:SHOWN]:
        said = f"{row['id']}: {row['verdict']}, expected {row['expected']} ({row['note'] or row['stage']}; {row['reason']})"
        console().print(said, markup=False, soft_wrap=True)
        console().print(f"    gold {row['gold']!r}, text {row['text'][-200:]!r}", markup=False, soft_wrap=True)
    more = len(result["disagreements"]) - SHOWN
    if more > 0:
        console().print(f"... and {more} more; --json has them all")
    rate = result["n"] / result["seconds"] if result["seconds"] else 0.0
    console().print(
        f"{result['n']} verdicts: {result['right']} right, {result['wrong']} wrong, {result['undecided']} undecided; of {result['expected']} known ones "
        f"{result['false_accepts']} false accepts, {result['false_rejects']} false rejects; {result['hangs']} hangs; "
        f"{result['seconds']:.2f} s, {rate:.0f} a second, slowest {1000 * result['slowest']:.0f} ms",
        soft_wrap=True,
    )
    if "second_opinion" in result:
        show_second(result["second_opinion"])


def show_second(second: dict[str, Any]) -> None:
    """Print where math-verify says otherwise, then its counts."""
    for row in second["disagreements"][:SHOWN]:
        said = f"{row['id']}: ours {row['ours']} ({row['stage']}; {row['reason']}), math-verify {row['theirs']}, expected {row['expected'] or 'unknown'}"
        console().print(said, markup=False, soft_wrap=True)
        console().print(f"    gold {row['gold']!r}, text {row['text'][-200:]!r}", markup=False, soft_wrap=True)
    console().print(
        f"math-verify: {second['right']} right, {second['wrong']} wrong, {second['undecided']} undecided ({second['timeouts']} not in time); "
        f"it differs on {len(second['disagreements'])} of {second['n']}",
        soft_wrap=True,
    )

"""`meno audit`: how far a verifier, or a task's golds, can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import tyro
from rich.progress import Progress

from menolab.cli.grade import read_row
from menolab.cli.output import console, emit_json, progress_console
from menolab.cli.tasks import named_task
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.tasks.audit import audit_task
from menolab.tasks.rows import Row, existing, jsonl_lines
from menolab.verifiers import second_opinion
from menolab.verifiers.audit import Case, audit, metamorphic, table

SHOWN = 20
"""Disagreements, or rows of a kind, printed for people; --json has them all."""
LISTS = ("failures", "unreadable", "ambiguous", "duplicates", "near_duplicates", "empty_prompts")
"""The lists of rows in the audit of a task."""


@dataclass(frozen=True)
class Args:
    """Score a verifier (false accepts, false rejects, undecided, hangs, seconds), or a task (do its golds verify, what repeats, what is ambiguous).

    verifier: without a file, the built-in table of answer pairs and whole responses, in both modes. With one: rows as for `meno grade`, each of which
    may add `expected` (right or wrong); a row with a gold but neither response nor answer is audited by itself, its rewrites and its near misses.

    task: its name (see `meno tasks`), or a file or folder of problems. Every gold is given as an answer and judged; programs are run in the sandbox.
    The exit code is 1 if one is not right.
    """

    what: Annotated[Literal["verifier", "task"], tyro.conf.Positional]
    """What to audit."""
    file: Annotated[str, tyro.conf.Positional] = ""
    """verifier: rows {id, gold, response or answer, kind, expected}; empty: the built-in table. task: its name or file."""
    kind: str = ""
    """verifier: that of the rows that name none (math). task: which benchmark a file is (auto: by its columns)."""
    mode: Literal["both", "lenient", "strict"] = "both"
    """lenient as in evaluations, strict as in rewards; a file is read as lenient unless this says strict."""
    second_opinion: bool = False
    """Also ask math-verify, and list where it says otherwise. For answers in mathematics; needs the extra "audit"."""
    problems: int = 200
    """task: how many problems of an endless task are drawn."""
    seed: int = 0
    """task: which of them."""
    json: bool = False
    """One JSON document on stdout and nothing else."""


def run(args: Args) -> int:
    """Audit a verifier (exit code 0 whatever it did: its errors are the result) or a task (1 if a gold fails)."""
    return run_verifier(args) if args.what == "verifier" else run_task(args)


def run_verifier(args: Args) -> int:
    """Check every row, then audit them all."""
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


def run_task(args: Args) -> int:
    """Audit the task of a name, file or folder."""
    check_range("problems", args.problems, 1)
    if not args.file:
        raise BadInput("task", "", "say which: meno audit task NAME|FILE")
    task = named_task(args.file, args.kind or "auto", "task")
    with Progress(console=progress_console(), disable=not progress_console().is_terminal, transient=True) as bars:
        bar = bars.add_task(task.name)
        result = audit_task(task, args.problems, Key.root(args.seed), lambda done, total: bars.update(bar, completed=done, total=total))
    if args.json:
        emit_json(result)
    else:
        show_task(result)
    return 1 if result["failures"] else 0


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
        graded = read_row(row, args.kind or "math", where, strict=args.mode == "strict")
        yield Case(graded.problem.id, graded.problem.answer, graded.text, graded.verifier, expected, dict(graded.problem.facts))
        return
    graded = read_row({**row, "answer": ""}, args.kind or "math", where, strict=args.mode == "strict")
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


def show_task(result: dict[str, Any]) -> None:
    """Print the rows behind each count, then the counts."""
    for kind in LISTS:
        for row in result[kind][:SHOWN]:
            said = ", ".join(f"{name} {value if len(str(value)) < 200 else str(value)[:200] + '...'}" for name, value in row.items() if name != "where")
            console().print(f"{kind.replace('_', ' ')}: {row['where']}: {said}", markup=False, soft_wrap=True)
        if len(result[kind]) > SHOWN:
            console().print(f"{kind.replace('_', ' ')}: ... and {len(result[kind]) - SHOWN} more; --json has them all")
    golds = ", ".join(f"{count} {label}" for label, count in result["golds"].items() if count or label == "right")
    lists = ", ".join(f"{len(result[kind])} {kind.replace('_', ' ')}" for kind in LISTS[1:])
    counts = f"{result['rows']} rows, {result['problems']} problems"
    console().print(f"{result['task']}: {counts}; golds: {golds}; {lists}; {result['seconds']:.1f} s", soft_wrap=True)

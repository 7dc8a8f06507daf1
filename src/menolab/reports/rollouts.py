"""Which responses a report shows, and how a response is cut into thinking, answer and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.evaluation.compare import Comparison, by_problem
from menolab.evaluation.record import Result, Row

LONGEST = 6000
"""Characters of a response that are shown."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a response."""

    kind: str
    """thinking, answer or text."""
    text: str


@dataclass(frozen=True)
class Side:
    """One model's response to the problem."""

    row: Row
    rights: int
    """How many of its samples on this problem are right."""
    samples: int
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Pair:
    """Two models on one problem."""

    kind: str
    """What happened between them: gained, lost, or no change."""
    before: Side
    after: Side


def pairs(before: Result, after: Result, comparison: Comparison) -> list[Pair]:
    """Four problems side by side: the two largest gains, the largest loss, and the first problem in which nothing changed.

    On each, a model is shown by its first sample that is right if half of its samples or more are, else by its first that is not.
    """
    a, b = by_problem(before.rows), by_problem(after.rows)
    flipped = {flip.problem for flip in (*comparison.gained, *comparison.lost)}
    same = [problem for problem in a if problem in b and problem not in flipped and _rights(a[problem]) == _rights(b[problem])]
    chosen = [("gained", flip.problem) for flip in comparison.gained[:2]] + [("lost", flip.problem) for flip in comparison.lost[:1]]
    chosen += [("no change", problem) for problem in same[:1]]
    return [Pair(kind, _side(a[problem]), _side(b[problem])) for kind, problem in chosen]


def stretches(text: str, extracted: str | None) -> list[tuple[str, int, int]]:
    """The response as (kind, start, end): thinking (up to </think>; all of it if that never comes after <think>), answer (the last place where it stands)
    and text."""
    head, mark, _ = text.rpartition("</think>")
    thought = len(head + mark) if mark else len(text) if text.lstrip().startswith("<think>") else 0
    found = text.rfind(extracted, thought) if extracted else -1
    start, end = (found, found + len(extracted or "")) if found >= 0 else (len(text), len(text))
    return [s for s in (("thinking", 0, thought), ("text", thought, start), ("answer", start, end), ("text", end, len(text))) if s[1] < s[2]]


def cut(text: str, extracted: str | None) -> list[Piece]:
    """The response's stretches, long ones shortened in their middle."""
    return [Piece(kind, text[start:end] if kind == "answer" else _shortened(text[start:end])) for kind, start, end in stretches(text, extracted)]


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}\n[... {len(text) - LONGEST:,} characters ...]\n{text[-LONGEST // 2 :]}"


def _side(rows: Sequence[Row]) -> Side:
    rights = _rights(rows)
    wanted = 2 * rights >= len(rows)
    row = next(row for row in rows if (row.label == "right") == wanted)
    return Side(row, rights, len(rows), cut(row.text, row.extracted))


def _rights(rows: Sequence[Row]) -> int:
    return sum(row.label == "right" for row in rows)

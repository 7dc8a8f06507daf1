"""The logic of Knights-and-Knaves puzzles: statements, their truth, their solutions and their texts.

A statement is a nested tuple as in Logic-RL: ``("telling-truth", i)``, ``("lying", i)``, ``("not", s)``, ``("and", s, ...)``, ``("or", s, ...)``,
``("->", s, t)``, ``("<=>", s, t)``; i numbers a person. The k-th statement of a puzzle is what person k says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from menolab.errors import BadInput

Statement = tuple[Any, ...]
MAX_PEOPLE, MAX_DEPTH = 12, 20

ATOMS = ("telling-truth", "lying")
CONNECTIVES = ("not", "and", "or", "->", "<=>")
_MARKS = {"and": "&", "or": "|", "->": ">", "<=>": "="}


def read_statements(data: Any) -> tuple[Statement, ...]:
    """The statements of a puzzle from JSON lists, tuples, or Logic-RL's text (``"(('not', ('lying', 2)), ...)"``), checked.

    Raises:
        BadInput: not statements, or about a person who does not exist.
    """
    if isinstance(data, str):
        text = data.replace("(", "[").replace(")", "]").replace("'", '"').replace(",]", "]")
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadInput("statements", data, "nested tuples such as (('lying', 1), ('not', ('telling-truth', 0)))") from error
    else:
        parsed = data
    if not isinstance(parsed, (list, tuple)) or not 1 <= len(parsed) <= MAX_PEOPLE:
        raise BadInput("statements", data, f"give one statement a person, 1 to {MAX_PEOPLE} persons")
    return tuple(_checked(s, len(parsed), 0) for s in parsed)


def _checked(data: Any, people: int, depth: int) -> Statement:
    if depth > MAX_DEPTH:
        raise BadInput("statements", "...", f"nested deeper than {MAX_DEPTH}")
    if isinstance(data, (list, tuple)) and len(data) >= 2:
        head, *rest = data
        if head in ATOMS and len(rest) == 1 and isinstance(rest[0], int) and not isinstance(rest[0], bool) and 0 <= rest[0] < people:
            return (head, rest[0])
        if head in CONNECTIVES and (len(rest) == 1) == (head == "not") and (len(rest) == 2 or head in ("not", "and", "or")):
            return (head, *(_checked(s, people, depth + 1) for s in rest))
    raise BadInput("statements", data, f"not a statement about persons 0 to {people - 1} made of {', '.join((*ATOMS, *CONNECTIVES))}")


def holds(statement: Statement, knights: Sequence[bool]) -> bool:
    """Whether a statement is true when person i is a knight iff `knights[i]`."""
    head, *rest = statement
    if head == "telling-truth":
        return knights[rest[0]]
    if head == "lying":
        return not knights[rest[0]]
    if head == "not":
        return not holds(rest[0], knights)
    if head == "and":
        return all(holds(s, knights) for s in rest)
    if head == "or":
        return any(holds(s, knights) for s in rest)
    if head == "->":
        return not holds(rest[0], knights) or holds(rest[1], knights)
    return holds(rest[0], knights) == holds(rest[1], knights)


def solve(statements: Sequence[Statement]) -> Iterator[tuple[bool, ...]]:
    """Every assignment (True = knight) in which exactly the knights' statements are true; all 2^n are tried."""
    for knights in product((True, False), repeat=len(statements)):
        if all(holds(s, knights) == knight for s, knight in zip(statements, knights, strict=True)):
            yield knights


def depth(statement: Statement) -> int:
    """Connectives above the deepest atom; 0 for an atom."""
    return 0 if statement[0] in ATOMS else 1 + max(depth(s) for s in statement[1:])


def people_in(statement: Statement) -> frozenset[int]:
    """Who a statement is about."""
    return frozenset({statement[1]}) if statement[0] in ATOMS else frozenset().union(*(people_in(s) for s in statement[1:]))


def in_marks(statement: Statement, names: Sequence[str], *, ordered: bool = False) -> str:
    """A statement in marks: ``A`` (is a knight), ``!A`` (is a knave), ``!(A)``, ``A&!B``, ``A|B``, ``A>B``, ``A=B``.

    With `ordered` the sides of and, or and <=> are sorted, so that statements that differ in nothing else read the same.
    """
    head, *rest = statement
    if head in ATOMS:
        return f"{'' if head == 'telling-truth' else '!'}{names[rest[0]]}"
    sides = [in_marks(s, names, ordered=ordered) for s in rest]
    if head == "not":
        return f"!({sides[0]})"
    sides = [side if s[0] in ATOMS else f"({side})" for s, side in zip(rest, sides, strict=True)]
    return _MARKS[head].join(sorted(sides) if ordered and head != "->" else sides)


def in_words(statement: Statement, names: Sequence[str]) -> str:
    """A statement in English, as in the published puzzles; inner connectives are set off by "(it is the case that ...)"."""
    head, *rest = statement
    if head in ATOMS:
        return f"{names[rest[0]]} is a {'knight' if head == 'telling-truth' else 'knave'}"
    if head == "not" and rest[0][0] in ATOMS:
        return in_words(rest[0], names).replace(" is a ", " is not a ")
    sides = [in_words(s, names) if depth(s) == 0 or (s[0] == "not" and depth(s) == 1) else f"({in_words(s, names)})" for s in rest]
    if head == "not":
        return f"it is not the case that {sides[0]}"
    if head == "->":
        return f"if {sides[0]} then {sides[1]}"
    return f" {'if and only if' if head == '<=>' else head} ".join(sides)


def identity(names: Sequence[str], statements: Sequence[Statement]) -> str:
    """The content of a puzzle: who says what, by name, whatever the order in which people and the sides of and, or, <=> are listed."""
    return "; ".join(sorted(f"{name}: {in_marks(s, names, ordered=True)}" for name, s in zip(names, statements, strict=True)))

"""Tests of a program as data: how they are written in a problem's facts, and when a value or an output is the expected one."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from menolab.sandbox.host import Call

MAX_TESTS = 1000


class Unreadable(ValueError):
    """The facts hold no tests, or tests that cannot be read."""


@dataclass(frozen=True)
class CodeTest:
    """One test, in one of three kinds.

    A row ``{"call": "f([1, 2], k=3)", "returns": "6"}`` (or ``"raises": "ValueError"``) calls a function with literals and compares the value;
    ``{"input": "1 2\\n", "output": "3\\n"}`` runs the program with standard input; ``{"assert": "assert f(1) == 2"}`` is test code. ``group`` is a
    level of difficulty, 0 the easiest.
    """

    kind: Literal["call", "output", "assert"]
    source: str
    """The call, the input, or the test code."""
    expected: str = ""
    """The literal that is returned, or the output."""
    raises: str = ""
    group: int = 0
    hidden: bool = False

    @property
    def name(self) -> str:
        """How a reason names it; a hidden test is not shown."""
        text = "hidden" if self.hidden else " ".join(self.source.split())
        return text if len(text) <= 80 else text[:77] + "..."


def read_tests(facts: Mapping[str, Any]) -> tuple[CodeTest, ...]:
    """The tests of a problem: those under "tests", then those under "hidden", then those of the parallel lists "inputs" and "outputs". All are of one kind.

    Raises:
        Unreadable: what is wrong with them.
    """
    found = []
    for field in ("tests", "hidden"):
        rows = facts.get(field, [])
        if not isinstance(rows, (list, tuple)):
            raise Unreadable(f"{field} is not a list")
        found += [_read(row, f"{field}[{place}]", hidden=field == "hidden") for place, row in enumerate(rows)]
    found += _pairs(facts)
    if not 0 < len(found) <= MAX_TESTS:
        raise Unreadable(f"{len(found)} tests, where 1 to {MAX_TESTS} are wanted")
    if len({test.kind for test in found}) > 1:
        raise Unreadable("tests of several kinds in one problem")
    return tuple(found)


def _pairs(facts: Mapping[str, Any]) -> list[CodeTest]:
    """The tests of a program with standard input that published sets write as two lists of texts."""
    inputs, outputs = facts.get("inputs", []), facts.get("outputs", [])
    for field, value in (("inputs", inputs), ("outputs", outputs)):
        if not isinstance(value, (list, tuple)) or not all(isinstance(text, str) for text in value):
            raise Unreadable(f"{field} is not a list of texts")
    if len(inputs) != len(outputs):
        raise Unreadable(f"{len(inputs)} inputs and {len(outputs)} outputs")
    return [CodeTest("output", given, wanted) for given, wanted in zip(inputs, outputs, strict=True)]


def _read(row: object, where: str, *, hidden: bool) -> CodeTest:
    if isinstance(row, str):
        row = {"assert": row}
    if not isinstance(row, Mapping) or not all(isinstance(value, str) for key, value in row.items() if key != "group"):
        raise Unreadable(f"{where} is neither test code nor an object of texts")
    group = row.get("group", 0)
    if not isinstance(group, int) or isinstance(group, bool):
        raise Unreadable(f"{where}: group is not a whole number")
    if "call" in row and ("returns" in row) != ("raises" in row):
        read_call(row["call"])
        if "returns" in row:
            read_literal(row["returns"])
        return CodeTest("call", row["call"], row.get("returns", ""), row.get("raises", ""), group, hidden)
    if "input" in row and "output" in row:
        return CodeTest("output", row["input"], row["output"], "", group, hidden)
    if "assert" in row:
        return CodeTest("assert", row["assert"], "", "", group, hidden)
    raise Unreadable(f"{where} has neither call and returns (or raises), nor input and output, nor assert")


def read_call(source: str) -> Call:
    """The call that ``f(1, [2], k=3)`` writes; arguments are literals.

    Raises:
        Unreadable: anything else.
    """
    try:
        tree = ast.parse(source.strip(), mode="eval").body
        if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name) or any(word.arg is None for word in tree.keywords):
            raise ValueError("not a call of a function by its name")
        args = tuple(ast.literal_eval(arg) for arg in tree.args)
        return Call(tree.func.id, args, tuple((str(word.arg), ast.literal_eval(word.value)) for word in tree.keywords))
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise Unreadable(f"cannot read the call {source[:80]!r}: {error}") from error


def read_literal(source: str) -> Any:
    """The value that a Python literal writes.

    Raises:
        Unreadable: not a literal.
    """
    try:
        return ast.literal_eval(source.strip())
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise Unreadable(f"not a Python literal: {source[:80]!r}") from error


def same_value(expected: Any, found: Any, tolerance: float) -> bool:
    """Equal in value and in exact built-in type, all the way down; floats within `tolerance`, absolute or relative, and NaN equal to itself."""
    if type(expected) is not type(found):
        return False
    if type(expected) is float:
        return expected == found or (expected != expected and found != found) or math.isclose(expected, found, rel_tol=tolerance, abs_tol=tolerance)
    if type(expected) is complex:
        return same_value(expected.real, found.real, tolerance) and same_value(expected.imag, found.imag, tolerance)
    if type(expected) in (list, tuple):
        return len(expected) == len(found) and all(same_value(e, f, tolerance) for e, f in zip(expected, found, strict=True))
    if type(expected) is dict:
        pairs = {key: (key, value) for key, value in found.items()}  # the found key beside its value: 1, 1.0 and True are one key to a dict
        return expected.keys() == found.keys() and all(same_value((key, value), pairs[key], tolerance) for key, value in expected.items())
    if type(expected) in (set, frozenset):
        own = {item: item for item in found}
        return expected == found and all(same_value(item, own[item], 0.0) for item in expected)
    return expected == found


def same_output(expected: str, found: str, tolerance: float) -> bool:
    """Equal line by line, white space at the ends of lines and of the whole not counted; with a tolerance, numbers within it."""
    ours, theirs = ([line.rstrip() for line in text.rstrip().splitlines()] for text in (expected, found))
    if ours == theirs:
        return True
    if tolerance == 0.0 or len(ours) != len(theirs):
        return False
    return all(_same_words(left.split(), right.split(), tolerance) for left, right in zip(ours, theirs, strict=True))


def _same_words(expected: list[str], found: list[str], tolerance: float) -> bool:
    return len(expected) == len(found) and all(left == right or _close(left, right, tolerance) for left, right in zip(expected, found, strict=True))


def _close(expected: str, found: str, tolerance: float) -> bool:
    try:
        return math.isclose(float(expected), float(found), rel_tol=tolerance, abs_tol=tolerance)
    except ValueError:
        return False

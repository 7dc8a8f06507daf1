"""The equations in a text, and whether they hold."""

from __future__ import annotations

import re

from menolab.verifiers.expression import Unreadable, parse

_CHAIN = re.compile(r"(?<![\d.+\-*/(])\(*\d+\)*(?:\s*[-+*/]\s*\(*\d+\)*)+(?P<stated>\s*=\s*-?\d+(?!\.?\d))?")
"""A chain of numbers and operators, with what it is said to equal. One that says nothing is taken whole too: looked for again from each of its numbers,
"1 + 1 + 1 + ..." would cost the square of its length."""


def equations(text: str) -> list[str]:
    """Every "expression = number" of a text, in order ("3+4=7")."""
    return [match.group() for match in _CHAIN.finditer(text) if match["stated"]]


def holds(equation: str) -> bool:
    """Whether both sides of "expression = number" are equal; one that cannot be read, or divides by zero, does not hold."""
    try:
        parsed = parse(equation)
        return parsed.value() == parsed.stated
    except (Unreadable, ZeroDivisionError):
        return False

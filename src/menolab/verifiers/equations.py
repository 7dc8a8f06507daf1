"""The equations in a text, and whether they hold."""

from __future__ import annotations

import re

from menolab.verifiers.expression import Unreadable, parse

_EQUATION = re.compile(r"(?<![\d.+\-*/(])\(*\d+\)*(?:\s*[-+*/]\s*\(*\d+\)*)+\s*=\s*-?\d+(?!\.?\d)")


def equations(text: str) -> list[str]:
    """Every "expression = number" of a text, in order ("3+4=7")."""
    return _EQUATION.findall(text)


def holds(equation: str) -> bool:
    """Whether both sides of "expression = number" are equal; one that cannot be read, or divides by zero, does not hold."""
    try:
        parsed = parse(equation)
        return parsed.value() == parsed.stated
    except (Unreadable, ZeroDivisionError):
        return False

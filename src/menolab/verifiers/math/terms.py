"""What an answer is once it is read: a tree of data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

MAX_DIGITS = 1000
"""Digits of the longest number that is read. Beyond it arithmetic would take noticeable time."""
MAX_BITS = 4 * MAX_DIGITS
"""Bits of the longest number that reading itself multiplies out."""
MAX_DEPTH = 40
MAX_TOKENS = 1500


class Unreadable(ValueError):
    """The text is not an answer that makes sense."""


class Unsupported(Unreadable):
    """The text may make sense, but in a notation that is not read here: nobody can say that it is wrong."""


class Term(NamedTuple):
    """A node of the tree.

    Scalars, by `head`: number (`value`), symbol (`name`), + * ^ root (of args), a function's name (sin, ln, log, abs, floor, !, binom ...),
    call (an unknown function `name` of args), degree. Whole answers: quantity (args[0] with the unit `name`), base (digits `name` in base
    args[0]), ratio, relation (`name` holds the signs between the args), bracket (`name` holds both brackets: tuples and intervals), set,
    list, union, matrix (args are rows, which are lists), pm (sign `name` before args[0]), dots, text (`name`).
    """

    head: str
    args: tuple[Term, ...] = ()
    name: str = ""
    value: Fraction | None = None


def number(value: int | Fraction) -> Term:
    """The term of a rational number."""
    return Term("number", (), "", Fraction(value))


def symbol(name: str) -> Term:
    """The term of a variable or a constant (pi, e, i, oo)."""
    return Term("symbol", (), name)


ZERO, ONE, MINUS_ONE = number(0), number(1), number(-1)
E, INFINITY, EMPTY = symbol("e"), symbol("oo"), Term("set")
CONSTANTS = frozenset(("pi", "e", "i", "oo"))


def negative(term: Term) -> Term:
    """-term."""
    return number(-term.value) if term.value is not None else Term("*", (MINUS_ONE, term))


def product(left: Term, right: Term) -> Term:
    """left * right; a product of numbers that stays short is a number."""
    if left.value is not None and right.value is not None and _bits(left.value) + _bits(right.value) <= MAX_BITS:
        return number(left.value * right.value)
    return Term("*", (*left.args, right) if left.head == "*" else (left, right))


def quotient(top: Term, bottom: Term) -> Term:
    """top / bottom; a quotient of numbers that stays short is a number."""
    if top.value is not None and bottom.value and _bits(top.value) + _bits(bottom.value) <= MAX_BITS:
        return number(top.value / bottom.value)
    return Term("*", (top, Term("^", (bottom, MINUS_ONE))))


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def minus(left: Term, right: Term) -> Term:
    """left - right."""
    return Term("+", (left, negative(right)))


def walk(term: Term) -> Iterator[Term]:
    """The term and all below it."""
    stack = [term]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.args)


def variables(term: Term) -> frozenset[str]:
    """Names that stand for anything: symbols that are no constants, and unknown functions."""
    return frozenset(node.name for node in walk(term) if node.head == "call" or (node.head == "symbol" and node.name not in CONSTANTS))


def replace(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """A copy in which every node for which `change` returns a term is that term."""
    new = change(term)
    if new is not None:
        return new
    return term._replace(args=tuple(replace(arg, change) for arg in term.args)) if term.args else term


def show(term: Term) -> str:
    """Short text for reasons."""
    if term.value is not None:
        large = _bits(term.value)
        return str(term.value) if large <= 120 else f"a number of some {large * 3 // 10} digits"
    inner = ", ".join(show(arg) for arg in term.args[:6])
    return (term.name or term.head) + (f"({inner})" if term.args else "")

"""Are two scalars equal? Exact arithmetic first, then numbers of many digits, then a computer algebra process that can be killed."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import NamedTuple

from menolab.verifiers.math import numeric, worker
from menolab.verifiers.math.normal import Form, Inexact, Undefined, cleared, equal, normal, proportional, proven, rational
from menolab.verifiers.math.terms import INFINITY, Term, negative, replace, variables, walk


class Finding(NamedTuple):
    """Equal or not, None if it could not be decided; and by which stage."""

    equal: bool | None
    stage: str
    reason: str


def same(left: Term, right: Term, *, seconds: float = 0.0) -> Finding:
    """Whether two scalars are equal for all values of their variables."""
    if left == right:
        return Finding(True, "identical", "the same expression")
    infinite = _infinite(left), _infinite(right)
    if any(infinite):
        return Finding(infinite[0] == infinite[1], "exact", "infinite")
    try:
        a, b = form(left), form(right)
    except Undefined as error:
        return Finding(False, "exact", str(error))
    except Inexact:
        return _beyond(left, right, seconds)
    found = equal(a, b)
    if found is not None:
        return Finding(found, "exact", "equal" if found else "not equal")
    return _beyond(left, right, seconds)


@functools.lru_cache(maxsize=4096)
def _form(term: Term) -> Form | ArithmeticError:
    try:
        return normal(term)
    except (Inexact, Undefined) as error:
        return error.with_traceback(None)


def form(term: Term) -> Form:
    """The normal form, kept for the next time."""
    found = _form(term)
    if isinstance(found, ArithmeticError):
        raise type(found)(*found.args)
    return found


def value(term: Term) -> Fraction | None:
    """The exact value of a rational constant, None for anything else."""
    if term.value is not None:
        return term.value
    try:
        return rational(form(term))
    except (Inexact, Undefined):
        return None


def _beyond(left: Term, right: Term, seconds: float) -> Finding:
    found = numeric.agree(left, right)
    if found is not None:
        return Finding(found, "numeric", "equal to many digits" + (" at every point" if variables(left) else "") if found else "not equal as numbers")
    proof = worker.equal(left, right, seconds) if seconds else None
    if proof is not None:
        return Finding(proof, "algebra", "equal" if proof else "not equal")
    return Finding(None, "undecided", "neither exact arithmetic nor numbers nor algebra could tell")


def _infinite(term: Term) -> int:
    """1 or -1 for plus or minus infinity, 0 for anything else."""
    if term == INFINITY:
        return 1
    return -1 if term == negative(INFINITY) else 0


def same_equation(left: Term, right: Term, *, ordered: bool = False) -> Finding:
    """Whether left = 0 and right = 0 are one equation: left = c * right. With `ordered`, left > 0 and right > 0, so c > 0."""
    try:
        a, b = form(left), form(right)
        tops = cleared(a.top), cleared(b.top)
        if not ordered and proportional(*tops):
            return Finding(True, "exact", "the same equation")
        if ordered and a.bottom == b.bottom and proportional(a.top, b.top):
            first = next(iter(a.top))
            return Finding(a.top[first] * b.top[first] > 0, "exact", "the same inequality or its reverse")
        if not any(tops):
            return Finding(True, "exact", "both always hold")
        if proven(tops[0]) and proven(tops[1]) and not _irrational(left) and not _irrational(right) and a.bottom == b.bottom:
            return Finding(False, "exact", "another equation")
    except (Inexact, Undefined):
        pass
    found = numeric.ratio_is_constant(left, right, positive=ordered)
    if found is None:
        return Finding(None, "undecided", "two relations that could not be compared")
    return Finding(found, "numeric", "the same relation" if found else "another relation")


def _irrational(term: Term) -> bool:
    return any(node.head == "root" for node in walk(term))


def with_log_base(term: Term, base: Term | None) -> Term:
    r"""``\log x`` as ln x over the logarithm of `base`; None stands for a base that nobody knows, which is a variable."""
    bottom = Term("symbol", (), "log base") if base is None else Term("ln", (base,))

    def change(node: Term) -> Term | None:
        if node.head != "log":
            return None
        inner = Term("ln", tuple(replace(arg, change) for arg in node.args))
        return inner if base is not None and base.name == "e" else Term("*", (inner, Term("^", (bottom, Term("number", (), "", Fraction(-1))))))

    return replace(term, change) if any(node.head == "log" for node in walk(term)) else term

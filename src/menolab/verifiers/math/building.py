"""Terms put together: a product of numbers is a number, a list inside a formula is refused."""

from __future__ import annotations

from fractions import Fraction

from menolab.verifiers.math.terms import MAX_DIGITS, Term, Unreadable, number, product, quotient, symbol


def times(left: Term, right: Term) -> Term:
    """left * right; a product of small numbers is a number. Percent and degrees stay outside."""
    for a, b in ((left, right), (right, left)):
        if a.head == "quantity":
            return Term("quantity", (times(a.args[0], b),), a.name)
        if a.head == "matrix" and b.head not in ("matrix", "bracket"):
            return Term("matrix", tuple(Term("list", tuple(times(b, entry) for entry in row.args)) for row in a.args))
    _scalar(left, right)
    return product(left, right)


def over(left: Term, right: Term) -> Term:
    """left / right."""
    _scalar(left, right)
    return times(left, quotient(number(1), right)) if left.head == "matrix" else quotient(left, right)


def raised(base: Term, exponent: Term) -> Term:
    """base ^ exponent; a small power of ten is a number at once (1.2 * 10^5)."""
    _scalar(base, exponent)
    if base.value == 10 and exponent.value is not None and exponent.value.denominator == 1 and abs(exponent.value) <= MAX_DIGITS:
        return number(Fraction(10) ** int(exponent.value))
    return Term("^", (base, exponent))


def applied(name: str, args: tuple[Term, ...], base: Term | None) -> Term:
    """A function of its arguments, with the logarithm's base."""
    _scalar(*args)
    if name == "log" and base is not None:
        return quotient(Term("ln", args), Term("ln", (base,)))
    if base is not None:
        raise Unreadable(f"an index on {name}")
    if name == "exp":
        return Term("^", (symbol("e"), args[0]))
    if name == "sqrt":
        return Term("root", (args[0], number(2)))
    if name not in ("max", "min", "gcd", "lcm") and len(args) != 1:
        raise Unreadable(f"{name} of several values")
    return Term(name, args)


_WHOLE = frozenset(("list", "relation", "set", "union", "text", "ratio", "base", "dots", "quantity"))


def _scalar(*terms: Term) -> None:
    for term in terms:
        if term.head in _WHOLE:
            raise Unreadable("a list, set or text inside a formula")

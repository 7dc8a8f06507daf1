r"""Exact arithmetic: scalars as quotients of polynomials over the rationals, in a form that decides whether two are equal.

A polynomial is a map monomial -> rational coefficient. A monomial is a set of (atom, exponent); atoms are

    a prime number         with an exponent in (0, 1): surds. 12^(1/2) is 2 * 3^(1/2)
    "i"                    with the exponent 1
    ("symbol", name)       variables, pi, e; any rational exponent
    ("power", base, m)     base^(m) for a monomial m, so that 2^(k-1) is 1/2 * 2^k
    ("function", head, arguments)   whatever else

Products of distinct surds are linearly independent over the rationals (Besicovitch 1940), with or without i, and pi and e are transcendental. So a
difference that holds only primes, i, variables and one of pi and e is zero if and only if its form is empty; `proven` says whether that applies.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from fractions import Fraction
from typing import NamedTuple

from menolab.verifiers.math.terms import Term

Atom = Hashable
Exponent = int | Fraction
Monomial = frozenset[tuple[Atom, Exponent]]
Poly = dict[Monomial, Fraction]

UNIT: Monomial = frozenset()
MAX_BITS = 60_000
"""Bits of the largest number that is written out: 5000! and 2^60000 are; beyond it numbers are compared by their digits alone."""
MAX_FACTORIAL = 4000
MAX_TERMS = 300
MAX_EXPANSION = 40
"""Largest power of a sum that is multiplied out."""
MAX_PRIME = 10_000
_SIEVE = [True] * MAX_PRIME
for _p in range(2, 100):
    if _SIEVE[_p]:
        _SIEVE[_p * _p :: _p] = [False] * len(_SIEVE[_p * _p :: _p])
PRIMES = tuple(p for p in range(2, MAX_PRIME) if _SIEVE[p])


class Inexact(ArithmeticError):
    """Exact arithmetic would be too large, or there is none."""


class Undefined(ArithmeticError):
    """Division by zero, or an infinite value."""


class Form(NamedTuple):
    """top / bottom; bottom is {UNIT: 1} unless it is a sum."""

    top: Poly
    bottom: Poly


ONE: Poly = {UNIT: Fraction(1)}


def normal(term: Term) -> Form:
    """The normal form of a scalar.

    Raises:
        Inexact: too large, or not a scalar.
        Undefined: it divides by zero.
    """
    if term.value is not None:
        return _constant(term.value)
    if term.head == "symbol":
        if term.name == "oo":
            raise Inexact("infinite")
        return _atom("i" if term.name == "i" else ("symbol", term.name))
    if term.head == "+":
        total = normal(term.args[0])
        for arg in term.args[1:]:
            total = _plus(total, normal(arg))
        return total
    if term.head == "*":
        total = normal(term.args[0])
        for arg in term.args[1:]:
            total = _times(total, normal(arg))
        return total
    if term.head == "^":
        return _power(normal(term.args[0]), normal(term.args[1]))
    if term.head == "root":
        return _root(normal(term.args[0]), normal(term.args[1]))
    if term.head == "degree":
        return _times(normal(term.args[0]), _form({frozenset((((("symbol", "pi")), 1),)): Fraction(1, 180)}))
    return _function(term)


def equal(left: Form, right: Form) -> bool | None:
    """Whether two forms are equal: True and False are proven, None means that the forms differ but the values need not."""
    difference = subtract(left, right)
    if not difference:
        return True
    return False if proven(difference) else None


def subtract(left: Form, right: Form) -> Poly:
    """The numerator of left - right."""
    if left.bottom == right.bottom:
        return _add(left.top, right.top, -1)
    return _add(_multiply(left.top, right.bottom), _multiply(right.top, left.bottom), -1)


def proportional(left: Poly, right: Poly) -> bool:
    """Whether left = c * right for a rational c that is not zero."""
    if not left or left.keys() != right.keys():
        return False
    ratios = {left[m] / right[m] for m in left}
    return len(ratios) == 1


def cleared(poly: Poly) -> Poly:
    """A polynomial multiplied by what its negative powers divide by: x/y - 2 becomes x - 2y."""
    lowest: dict[Atom, Exponent] = {}
    for monomial in poly:
        for atom, exponent in monomial:
            if not isinstance(atom, int) and exponent < lowest.get(atom, 0):
                lowest[atom] = exponent
    return _multiply(poly, {frozenset((atom, -exponent) for atom, exponent in lowest.items()): Fraction(1)}) if lowest else poly


def proven(poly: Poly) -> bool:
    """Whether a form that is not empty is a value that is not zero."""
    atoms = {atom for monomial in poly for atom, _ in monomial}
    transcendental = 0
    for atom in atoms:
        if isinstance(atom, int):
            if atom >= MAX_PRIME**2:
                return False
        elif isinstance(atom, tuple) and atom[0] == "symbol":
            transcendental += atom[1] in ("pi", "e")
        elif atom != "i":
            return False
    return transcendental <= 1


def rational(form: Form) -> Fraction | None:
    """The value of a form that is a rational number."""
    if form.bottom != ONE:
        return None
    if not form.top:
        return Fraction(0)
    return form.top.get(UNIT) if len(form.top) == 1 else None


def _constant(value: Fraction) -> Form:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise Inexact("a large number")
    return Form({UNIT: value} if value else {}, ONE)


def _atom(atom: Atom) -> Form:
    return Form({frozenset(((atom, 1),)): Fraction(1)}, ONE)


def _form(top: Poly) -> Form:
    return Form(top, ONE)


def _add(left: Poly, right: Poly, sign: int = 1) -> Poly:
    total = dict(left)
    for monomial, coefficient in right.items():
        value = total.get(monomial, 0) + sign * coefficient
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)
    return total


def _multiply(left: Poly, right: Poly) -> Poly:
    if len(left) * len(right) > MAX_TERMS * 20:
        raise Inexact("a product of long sums")
    total: Poly = {}
    for m, a in left.items():
        for n, b in right.items():
            factor, monomial = _merge(m, n)
            value = total.get(monomial, 0) + a * b * factor
            if value:
                total[monomial] = value
            else:
                total.pop(monomial, None)
    if len(total) > MAX_TERMS:
        raise Inexact("a long sum")
    for value in total.values():
        if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
            raise Inexact("a large number")
    return total


def _merge(left: Monomial, right: Monomial) -> tuple[Fraction | int, Monomial]:
    """The product of two monomials: a rational factor (whole powers of primes, i^2) and a monomial."""
    if not left or not right:
        return 1, left or right
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return _reduce(exponents)


def _reduce(exponents: dict[Atom, Exponent]) -> tuple[Fraction | int, Monomial]:
    factor: Fraction | int = 1
    kept = []
    for atom, exponent in exponents.items():
        if isinstance(atom, int):
            whole = math.floor(exponent)
            if abs(whole) * atom.bit_length() > MAX_BITS:
                raise Inexact("a large power")
            factor *= Fraction(atom) ** whole
            exponent -= whole
        elif atom == "i":
            quarter = int(exponent) % 4
            factor *= -1 if quarter >= 2 else 1
            exponent = quarter % 2
        if exponent:
            kept.append((atom, int(exponent) if exponent == int(exponent) else exponent))
    return factor, frozenset(kept)


def _plus(left: Form, right: Form) -> Form:
    if left.bottom == right.bottom:
        return _reduced(_add(left.top, right.top), left.bottom)
    return _reduced(_add(_multiply(left.top, right.bottom), _multiply(right.top, left.bottom)), _multiply(left.bottom, right.bottom))


def _times(left: Form, right: Form) -> Form:
    bottom = right.bottom if left.bottom == ONE else left.bottom if right.bottom == ONE else _multiply(left.bottom, right.bottom)
    return _reduced(_multiply(left.top, right.top), bottom)


def _reduced(top: Poly, bottom: Poly) -> Form:
    """A form whose bottom is ONE if it is a single monomial."""
    if not bottom:
        raise Undefined("a division by zero")
    if bottom == ONE:
        return Form(top, ONE)
    if len(bottom) == 1:
        ((monomial, coefficient),) = bottom.items()
        factor, inverse = _reduce({atom: -exponent for atom, exponent in monomial})
        return Form(_multiply(top, {inverse: factor / coefficient}), ONE)
    return Form(top, bottom)


def _inverse(form: Form) -> Form:
    if not form.top:
        raise Undefined("a division by zero")
    return _reduced(form.bottom, form.top)


def _power(base: Form, exponent: Form) -> Form:
    value = rational(exponent)
    if value is None:
        return _symbolic_power(base, exponent)
    if value == 0:
        if not base.top:
            raise Undefined("0^0")
        return Form(ONE, ONE)
    if value.denominator != 1:
        return _fractional_power(base, value)
    return _whole_power(_inverse(base) if value < 0 else base, abs(int(value)))


def _whole_power(base: Form, count: int) -> Form:
    if base.bottom == ONE and len(base.top) <= 1:
        if not base.top:
            return base
        ((monomial, coefficient),) = base.top.items()
        if max(coefficient.numerator.bit_length(), coefficient.denominator.bit_length()) * count > MAX_BITS and abs(coefficient) != 1:
            raise Inexact("a large power")
        scale, raised = _reduce({atom: exponent * count for atom, exponent in monomial})
        return Form({raised: coefficient**count * scale}, ONE)
    if count > MAX_EXPANSION:
        raise Inexact("a large power of a sum")
    result = base
    for _ in range(count - 1):
        result = _times(result, base)
    return result


def _fractional_power(base: Form, power: Fraction) -> Form:
    value = rational(base)
    if value is None:
        if base.bottom == ONE and len(base.top) == 1:
            ((monomial, coefficient),) = base.top.items()
            if coefficient > 0 and all(isinstance(atom, int) or (atom in (("symbol", "pi"), ("symbol", "e")) or exponent == 1) for atom, exponent in monomial):
                # (c x)^r = c^r x^r for c > 0 and a single plain atom x or positive constants
                free = [(a, e) for a, e in monomial if not isinstance(a, int) and a not in (("symbol", "pi"), ("symbol", "e"))]
                if len(free) <= 1 and "i" not in {a for a, _ in free}:
                    scale, raised = _reduce({atom: exponent * power for atom, exponent in monomial})
                    return _times(_fractional_power(_constant(coefficient), power), Form({raised: Fraction(scale)}, ONE))
        return _atom(("power", _key(base), power))
    if not value:
        if power < 0:
            raise Undefined("a division by zero")
        return _form({})
    if value < 0:
        if power.denominator != 2:
            return _atom(("power", _key(base), power))
        turned = _reduce({"i": power.numerator})
        return _times(_fractional_power(_constant(-value), power), Form({turned[1]: Fraction(turned[0])}, ONE))
    exponents: dict[Atom, Exponent] = {}
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, count in factor(number).items():
            exponents[prime] = exponents.get(prime, 0) + sign * count * power
    scale, monomial = _reduce(exponents)
    return Form({monomial: Fraction(scale)}, ONE)


def factor(number: int) -> dict[int, int]:
    """Prime factors below `MAX_PRIME` with their counts; what is left counts as one factor, its exact root taken where it is a square."""
    found: dict[int, int] = {}
    for prime in PRIMES:
        if prime * prime > number:
            break
        while number % prime == 0:
            number //= prime
            found[prime] = found.get(prime, 0) + 1
    if number > 1:
        root = math.isqrt(number)
        rest, count = (root, 2) if root * root == number else (number, 1)
        found[rest] = found.get(rest, 0) + count
    return found


def _root(base: Form, order: Form) -> Form:
    degree = rational(order)
    if degree is None or not degree:
        raise Inexact("a root of symbolic degree")
    value = rational(base)
    if value is not None and value < 0 and degree.denominator == 1 and degree % 2:
        return _times(_constant(Fraction(-1)), _fractional_power(_constant(-value), 1 / degree))  # the real root
    return _power(base, _constant(1 / degree))


def _symbolic_power(base: Form, exponent: Form) -> Form:
    """base^(sum of c_j m_j) as the product of (base^m_j)^c_j, for positive bases; another base keeps its power whole."""
    if exponent.bottom != ONE:
        return _atom(("power", _key(base), _key(exponent)))
    value = rational(base)
    if value is not None and value > 0:
        parts: dict[Atom, int] = {}
        for number, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, count in factor(number).items():
                parts[prime] = parts.get(prime, 0) + sign * count
    elif base == _atom(("symbol", "e")):
        parts = {("symbol", "e"): 1}
    elif base.bottom == ONE and len(base.top) == 1 and next(iter(base.top.values())) == 1 and len(next(iter(base.top))) == 1:
        ((atom, count),) = next(iter(base.top))
        if atom == "i" or count != 1:
            return _atom(("power", _key(base), _key(exponent)))
        parts = {atom: 1}
    else:
        return _atom(("power", _key(base), _key(exponent)))
    exponents: dict[Atom, Exponent] = {}
    for part, count in parts.items():
        for monomial, coefficient in exponent.top.items():
            atom = ("power", part, monomial) if monomial else part
            exponents[atom] = exponents.get(atom, 0) + count * coefficient
    scale, monomial = _reduce(exponents)
    return Form({monomial: Fraction(scale)}, ONE)


def _function(term: Term) -> Form:
    if term.head == "call":
        return _atom(("function", term.name, tuple(_key(normal(arg)) for arg in term.args)))
    if term.head in ("bracket", "list", "set", "union", "matrix", "relation", "text", "quantity", "base", "ratio", "pm", "dots", "sum", "prod"):
        raise Inexact("not a scalar")
    args = [normal(arg) for arg in term.args]
    values = [rational(arg) for arg in args]
    exact = _exact(term.head, values) if None not in values else None
    if exact is not None:
        return _constant(exact)
    return _atom(("function", term.head, tuple(_key(arg) for arg in args)))


def _exact(head: str, values: list) -> Fraction | None:
    """Functions of rational numbers with rational values."""
    a = values[0]
    if head == "abs":
        return abs(a)
    if head == "floor":
        return Fraction(math.floor(a))
    if head == "ceil":
        return Fraction(math.ceil(a))
    if head == "!" and a.denominator == 1 and 0 <= a <= MAX_FACTORIAL:
        return Fraction(math.factorial(int(a)))
    if head == "binom" and all(v.denominator == 1 for v in values) and values[1] >= 0 and 0 <= a <= MAX_FACTORIAL:
        return Fraction(math.comb(int(a), int(values[1])))
    if head in ("max", "min"):
        return max(values) if head == "max" else min(values)
    if head in ("gcd", "lcm") and all(v.denominator == 1 for v in values):
        return Fraction(getattr(math, head)(*(int(v) for v in values)))
    if a == 0 and head in ("sin", "tan", "sinh", "tanh", "arcsin", "arctan"):
        return Fraction(0)
    return Fraction(1) if (a == 0 and head in ("cos", "cosh")) else Fraction(0) if (a == 1 and head == "ln") else None


def _key(form: Form) -> Hashable:
    return frozenset(form.top.items()), frozenset(form.bottom.items())

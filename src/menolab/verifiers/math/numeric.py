"""Scalars as numbers of many digits, at points chosen for the variables.

Precision follows the numbers themselves: with M the digits of the largest magnitude (or its inverse) that occurs, values are computed to 2M + 40 digits
and count as equal only if they agree to within 10^-(M + 30). So pi + 10^-200 is told from pi. Every call has a context of its own: mpmath's global one
is not safe in threads.
"""

from __future__ import annotations

import hashlib
import random
from fractions import Fraction
from typing import Any

from menolab.verifiers.math.terms import CONSTANTS, Term, variables, walk

MAX_MAGNITUDE = 1500
"""Decimal digits before or after the point beyond which nothing is computed."""
HUGE = 10**9
"""The same where only a plain difference is looked for, which needs few digits."""
MAX_ARGUMENT = 10**6
"""Largest argument of a factorial or binomial."""
POSITIVE_POINTS, SIGNED_POINTS, TRIES = 3, 3, 12
WHOLE = frozenset(("floor", "ceil", "!", "binom", "gcd", "lcm"))
"""Functions whose variables are whole numbers, as in n! and floor(n/2)."""
MAX_NODES = 600


class Unevaluable(ArithmeticError):
    """No value here: a pole, outside the domain, too large, or not a number."""


class Evaluator:
    """Values of terms at one point. `real` refuses what leaves the real numbers on the way."""

    def __init__(self, digits: int, point: dict[str, Fraction], *, real: bool, largest: int = MAX_MAGNITUDE):
        import mpmath  # late: most answers never need it

        self.context: Any = mpmath.mp.clone()
        self.context.dps = digits
        self.digits, self.point, self.real, self.largest = digits, point, real, largest
        self.magnitude = 0

    def __call__(self, term: Term) -> Any:
        """The value of a term.

        Raises:
            Unevaluable: there is none.
        """
        try:
            value = self._of(term)
        except (ZeroDivisionError, ValueError, OverflowError, TypeError, ArithmeticError) as error:
            raise error if isinstance(error, Unevaluable) else Unevaluable(str(error)) from error
        return self._checked(value)

    def _checked(self, value: Any) -> Any:
        """`value` if it is finite, of bounded size, and real where it must be; notes its magnitude."""
        c = self.context
        if not c.isfinite(value):
            raise Unevaluable("infinite")
        if self.real and isinstance(value, c.mpc):
            if value.imag:
                raise Unevaluable("not real")
            value = value.real
        size = abs(value)
        if size:
            digits = abs(c.mag(size)) * 3 // 10 + 1
            if digits > self.largest:
                raise Unevaluable("too large")
            self.magnitude = max(self.magnitude, int(digits))
        return value

    def _of(self, term: Term) -> Any:
        c = self.context
        if term.value is not None:
            if max(term.value.numerator.bit_length(), term.value.denominator.bit_length()) > 4 * self.largest:
                raise Unevaluable("too large")
            return c.mpf(term.value.numerator) / term.value.denominator
        if term.head == "symbol":
            return self._symbol(term.name)
        if term.head == "call":
            return self._call(term)
        if term.head not in _SCALARS:
            raise Unevaluable(f"{term.head} is not computed")
        args = [self(arg) for arg in term.args]
        if term.head == "+":
            return self._settled(c.fsum(args), max(abs(a) for a in args))
        if term.head == "*":
            return c.fprod(args)
        if term.head == "^":
            return self._power(args[0], args[1])
        if term.head == "root":
            return self._root(args[0], args[1])
        return self._settled(self._function(term.head, args), 1)

    def _settled(self, value: Any, scale: Any) -> Any:
        """0 for what is left of a sum, or of sin(pi), after all that is certain has cancelled."""
        return self.context.mpf(0) if abs(value) < scale * self.context.mpf(10) ** (-(self.digits // 2)) else value

    def _symbol(self, name: str) -> Any:
        c = self.context
        if name == "i" and not self.real:
            return c.mpc(0, 1)
        if name in ("pi", "e"):
            return +getattr(c, name)
        if name not in self.point:
            raise Unevaluable(f"{name} has no value")
        return c.mpf(self.point[name].numerator) / self.point[name].denominator

    def _call(self, term: Term) -> Any:
        """An unknown function: some number that depends on its arguments, the same at every precision."""
        shown = ",".join((*(self.context.nstr(self(arg), 12) for arg in term.args), *map(str, sorted(self.point.items()))))
        seed = int.from_bytes(hashlib.blake2b(f"{term.name}({shown})".encode(), digest_size=8).digest(), "big")
        return self.context.mpf(seed) / 2**64 + 1

    def _power(self, base: Any, exponent: Any) -> Any:
        c = self.context
        if not base:
            if not c.re(exponent) > 0:
                raise Unevaluable("0 to a power that is not positive")
            return c.mpf(0)
        if self.real and base < 0 and not c.isint(exponent):
            raise Unevaluable("a power of a negative number")
        if abs(exponent) * (abs(c.mag(base)) + 1) > 4 * self.largest:
            raise Unevaluable("too large")
        return c.power(base, exponent)

    def _root(self, base: Any, order: Any) -> Any:
        c = self.context
        if not c.isint(order) or not 0 < abs(order) < 1000:
            raise Unevaluable("a root of a strange degree")
        if c.im(base) == 0 and c.re(base) < 0:
            if int(c.re(order)) % 2:
                return -c.root(-c.re(base), int(c.re(order)))
            if self.real:
                raise Unevaluable("an even root of a negative number")
        return c.root(base, int(c.re(order)))

    def _function(self, head: str, args: list[Any]) -> Any:
        c, a = self.context, args[0]
        if head == "degree":
            return a * c.pi / 180
        if head in ("floor", "ceil"):
            near = c.nint(c.re(a))
            exact = abs(a - near) < c.mpf(10) ** (-(self.digits // 2))
            return near if exact else (c.floor(a) if head == "floor" else c.ceil(a))
        if head == "abs":
            return abs(a)
        if head in ("!", "binom") and max(abs(v) for v in args) > MAX_ARGUMENT:
            raise Unevaluable("too large")
        if head == "!":
            return c.factorial(a)
        if head == "binom":
            return c.binomial(a, args[1])
        if head == "ln" and self.real and a <= 0:
            raise Unevaluable("the logarithm of a negative number")
        if head in ("max", "min"):
            return (max if head == "max" else min)(args)
        if abs(a) > 10**30:
            raise Unevaluable("too large")
        return getattr(c, _NAMES[head])(a)


_NAMES = {
    "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "coth":
    "coth", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arccot": "acot", "arcsec": "asec", "arccsc": "acsc", "ln": "ln", "Re": "re", "Im":
    "im", "arg": "arg",
}  # fmt: skip
_SCALARS = frozenset(("+", "*", "^", "root", "degree", "floor", "ceil", "abs", "!", "binom", "max", "min", *_NAMES))


def values(left: Term, right: Term, point: dict[str, Fraction], *, real: bool) -> tuple[Any, Any, Any]:
    """Both values at one point with the largest difference that is rounding.

    Raises:
        Unevaluable: one of them has none.
    """
    digits = 60
    for _ in range(3):
        evaluate = Evaluator(digits, point, real=real)
        a, b = evaluate(left), evaluate(right)
        wanted = 2 * evaluate.magnitude + 40
        if wanted <= digits:
            return a, b, evaluate.context.mpf(10) ** -(evaluate.magnitude + 30)
        digits = wanted + 10
    raise Unevaluable("the more digits, the larger: a pole")


def agree(left: Term, right: Term) -> bool | None:
    """Whether two scalars agree wherever they are computed: None if there were too few such points."""
    if not _computable(left, right):
        return None
    if _apart(left, right):
        return False
    positive = signed = 0
    for real, point in points(left, right):
        try:
            a, b, rounding = values(left, right, point, real=real)
        except Unevaluable:
            continue
        if abs(a - b) > rounding:
            return False
        positive, signed = positive + (not real), signed + real
        if not point or (positive >= POSITIVE_POINTS and signed >= SIGNED_POINTS):
            return True
    return True if positive >= POSITIVE_POINTS else None


def _apart(left: Term, right: Term) -> bool:
    """Whether two constants made of products and powers alone differ plainly, however large they are: rounding is relative there."""
    if variables(left) or variables(right) or any(node.head not in ("number", "*", "^", "!", "binom") for term in (left, right) for node in walk(term)):
        return False
    evaluate = Evaluator(60, {}, real=True, largest=HUGE)
    try:
        a, b = evaluate(left), evaluate(right)
    except Unevaluable:
        return False
    return bool(abs(a - b) > max(abs(a), abs(b)) * evaluate.context.mpf(10) ** -25)


def ratio_is_constant(left: Term, right: Term, *, positive: bool) -> bool | None:
    """Whether left = c * right for a constant c other than 0 (above 0 with `positive`), judged at points."""
    if not _computable(left, right):
        return None
    seen: list[tuple[Any, Any]] = []
    for _, point in points(left, right):
        try:
            a, b, rounding = values(left, right, point, real=True)
        except Unevaluable:
            continue
        if abs(b) <= rounding or abs(a) <= rounding:
            if abs(a) > rounding or abs(b) > rounding:
                return False
            continue
        seen.append((a, b))
        first = seen[0]
        scale = max(abs(a * first[1]), abs(b * first[0]), 1)
        if abs(a * first[1] - b * first[0]) > scale * rounding * 10**8 or (positive and a / b < 0):
            return False
        if len(seen) >= POSITIVE_POINTS + SIGNED_POINTS:
            return True
    return True if len(seen) >= POSITIVE_POINTS else None


def _computable(left: Term, right: Term) -> bool:
    return sum(1 for term in (left, right) for _ in walk(term)) <= MAX_NODES


def points(left: Term, right: Term) -> list[tuple[bool, dict[str, Fraction]]]:
    """(real only?, point) in the order to try: the point of no variables, or positive ones, then ones of any sign.

    They depend on nothing but the two terms, so a verdict is the same each time, and nobody who writes one of them can foresee them all.
    """
    names = sorted(variables(left) | variables(right))
    if not names:
        return [(False, {})]
    draw = random.Random(hashlib.blake2b(repr((left, right)).encode(), digest_size=8).digest())
    nodes = [node for term in (left, right) for node in walk(term)]
    whole = any(node.head in WHOLE or _sign_power(node) for node in nodes) and not any(map(_rounds_whole, nodes))
    found = []
    for attempt in range(2 * TRIES):
        real = attempt >= TRIES // 2
        signs = (1, -1) if real and not whole else (1,)
        found.append((real, {name: draw.choice(signs) * (Fraction(draw.randint(2, 40)) if whole else _fraction(draw)) for name in names}))
    return found


def _fraction(draw: random.Random) -> Fraction:
    return Fraction(draw.randint(1, 400), draw.randint(101, 199))


def _rounds_whole(node: Term) -> bool:
    """Whether a floor or ceiling would do nothing if the variables were whole numbers, so that they are not meant to be: floor(x), not floor(n/2)."""
    if node.head not in ("floor", "ceil"):
        return False
    inside = list(walk(node.args[0]))
    return any(part.head == "symbol" for part in inside) and all(
        part.head in ("+", "*") or (part.head == "symbol" and part.name not in CONSTANTS) or (part.value is not None and part.value.denominator == 1)
        for part in inside
    )  # fmt: skip


def _sign_power(node: Term) -> bool:
    return node.head == "^" and node.args[0].value is not None and node.args[0].value < 0 and bool(variables(node.args[1]))


def within(left: Term, right: Term, difference: Fraction) -> bool | None:
    """Whether two constants differ by less than `difference`."""
    try:
        a, b, _ = values(left, right, {}, real=True)
    except Unevaluable:
        return None
    return bool(abs(a - b) * difference.denominator < difference.numerator)


def near(left: Term, right: Term, tolerance: float) -> bool | None:
    """Whether two constants differ by at most `tolerance` relative to the first."""
    try:
        a, b, _ = values(left, right, {}, real=True)
    except Unevaluable:
        return None
    return bool(abs(a - b) <= tolerance * abs(a))

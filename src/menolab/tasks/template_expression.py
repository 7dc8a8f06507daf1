"""The small language of GSM-Symbolic's templates: exact arithmetic, comparisons and lists, read as data and never run as code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Environment = Mapping[str, Any]
LONGEST = 4000
MOST = 100_000
"""Items of the longest list, and the largest exponent's bits, that an expression may make."""


class Unreadable(ValueError):
    """Not an expression of this language, or one that cannot be computed."""


@dataclass(frozen=True)
class Domain:
    """Values of which some are drawn: one, or `count` different ones, or `count` that follow one another."""

    values: tuple[Any, ...]
    count: int = 0
    """0: a single value."""
    sequential: bool = False


@dataclass(frozen=True)
class Expression:
    """A compiled expression: `expression(environment)` is its value, `names` what it needs."""

    source: str
    run: Callable[[Environment], Any]
    names: frozenset[str]

    def __call__(self, environment: Environment) -> Any:
        """The value: int, Fraction, bool, text, (text, number), list or `Domain`.

        Raises:
            Unreadable: a name without a value, a division by zero, values that do not fit.
        """
        try:
            return self.run(environment)
        except (KeyError, ZeroDivisionError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise Unreadable(f"{self.source[:80]!r}: {type(error).__name__}: {error}") from error


def read_expression(source: str) -> Expression:
    """Compile an expression.

    Raises:
        Unreadable: it is not of this language.
    """
    if len(source) > LONGEST:
        raise Unreadable("the expression is too long")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
        names: set[str] = set()
        return Expression(source, _compiled(tree, names), frozenset(names))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise error if isinstance(error, Unreadable) else Unreadable(f"{source[:80]!r}: {error}") from error


def number(value: Any) -> Any:
    """The number of a (text, number) pair; anything else as it is."""
    return value[1] if isinstance(value, tuple) and len(value) == 2 else value


def _power(base: Any, exponent: Any) -> Any:
    if not isinstance(exponent, int) or abs(exponent) > 64:
        raise Unreadable("an exponent is a whole number up to 64")
    return Fraction(base) ** exponent


def _times(left: Any, right: Any) -> Any:
    return left if isinstance(left, list) else left * right  # a list twice is drawn from as the list


def _divided(left: Any, right: Any) -> Any:
    return Fraction(left) / Fraction(right)


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: _times, ast.Div: _divided, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: _power,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip


def _range(*bounds: Any) -> list[Any]:
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    start, stop, step = Fraction(start), Fraction(stop), Fraction(step)
    if step <= 0 or (stop - start) / step > MOST:
        raise Unreadable("a range that is too long or goes nowhere")
    found = []
    while start < stop:
        found.append(int(start) if start.denominator == 1 else start)
        start += step
    return found


def _sample(values: Sequence[Any], count: int = 0) -> Domain:
    return Domain(tuple(values), count)


_WORDS = (
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"
    ]
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(value: int) -> str:
    """A whole number below a hundred in words."""
    if value <= 20:
        return _WORDS[value]
    tens, ones = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_WORDS[ones]}" if ones else "")


def _is_int(value: Any) -> bool:
    return isinstance(value, int) or Fraction(value).denominator == 1


def _divides(whole: Any, part: Any) -> bool:
    return (whole if isinstance(whole, int) else Fraction(whole)) % (part if isinstance(part, int) else Fraction(part)) == 0


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "range": _range,
    "np.arange": _range,
    "frange": _range,
    "np.random.randint": lambda low, high, count=1: _range(low, high),
    "sample": _sample,
    "sample_sequential": lambda values, count: Domain(tuple(values), count, sequential=True),
    "numbers_within": lambda low, high: [(in_words(n), n) for n in range(low, high + 1)],
    "list": list,
    "shuffle_list": list,
    "fix_floats": list,
    "int": int,
    "round": lambda value, digits=None: round(Fraction(value), digits),
    "Fraction": lambda above, below=1: Fraction(above) / Fraction(below),
    "is_int": _is_int,
    "divides": _divides,
    "len": len, "min": min, "max": max, "abs": abs,
}  # fmt: skip
"""What may be called. All arithmetic is exact, so `fix_floats`, which mends binary fractions, has nothing to do."""


def _compiled(node: ast.expr, names: set[str]) -> Callable[[Environment], Any]:
    match node:
        case ast.Constant(value=bool() | int() | str() as value):
            return lambda env: value
        case ast.Constant(value=float() as value):
            exact = Fraction(repr(value))
            return lambda env: exact
        case ast.Name(id=name):
            names.add(name)
            return lambda env: env[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            first, second, act = _compiled(left, names), _compiled(right, names), _BINARY[type(op)]
            return lambda env: act(number(first(env)), number(second(env)))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            inner, change = _compiled(operand, names), _UNARY[type(op)]
            return lambda env: change(number(inner(env)))
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARE for op in ops):
            parts, tests = [_compiled(part, names) for part in (left, *others)], [_COMPARE[type(op)] for op in ops]
            return lambda env: all(test(number(a(env)), number(b(env))) for test, a, b in zip(tests, parts, parts[1:], strict=False))
        case ast.BoolOp(op=op, values=values):
            parts, joined = [_compiled(value, names) for value in values], all if isinstance(op, ast.And) else any
            return lambda env: joined(part(env) for part in parts)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            asked, then, other = _compiled(test, names), _compiled(body, names), _compiled(orelse, names)
            return lambda env: then(env) if asked(env) else other(env)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            parts, kind = [_compiled(item, names) for item in items], list if isinstance(node, ast.List) else tuple
            return lambda env: kind(part(env) for part in parts)
        case ast.Set(elts=[item]):  # braces around a whole answer
            return _compiled(item, names)
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=ast.Constant(value=int() as upper), step=None)):
            whole = _compiled(value, names)
            return lambda env: whole(env)[:upper]
        case ast.Subscript(value=value, slice=ast.Constant(value=int() as place)):
            pair = _compiled(value, names)
            return lambda env: pair(env)[place]
        case ast.Call(func=function, args=args, keywords=[]) if ast.unparse(function) in _FUNCTIONS:
            parts, called = [_compiled(arg, names) for arg in args], _FUNCTIONS[ast.unparse(function)]
            return lambda env: called(*(number(part(env)) for part in parts))
    raise Unreadable(f"{ast.unparse(node)[:80]!r} is not of the templates' language")


def written(value: Any) -> str:
    """A value as a template writes it: the text of a pair, a whole number without a point, a decimal if it ends, else a fraction."""
    if isinstance(value, tuple):
        return str(value[0])
    if not isinstance(value, Fraction):
        return str(value)
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = next(n for n in range(1, 400) if (value * 10**n).denominator == 1)
    scaled = abs(value * 10**digits).numerator
    return f"{'-' if value < 0 else ''}{scaled // 10**digits}.{scaled % 10**digits:0{digits}d}"

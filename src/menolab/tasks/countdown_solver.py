"""Every expression over given numbers: what Countdown's difficulty and demonstrations are built on.

Exact and complete: rationals are pairs of integers, and every way of writing every number once is met.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations, compress
from typing import NamedTuple

Ratio = tuple[int, int]
"""Numerator and denominator in lowest terms, the denominator positive: a quarter of the time of `fractions.Fraction`."""

_ZERO: Ratio = (0, 1)

MAX_NUMBERS = 6
"""Six numbers have some seven million expressions (tens of seconds)."""


class Tally(NamedTuple):
    """How many expressions there are, and how many of them hit the target."""

    hits: int
    expressions: int

    @property
    def bits(self) -> float:
        """Bits of luck that a random expression needs: -log2(hits / expressions); infinite if none hits."""
        return math.log2(self.expressions / self.hits) if self.hits else math.inf


def tally(numbers: tuple[int, ...], target: int, operations: str = "+-*/") -> Tally:
    """Count the expressions that use every number once, and those that equal the target.

    Two expressions are the same if they differ only by the order of the sides of a sum or a product. Divisions by zero are not counted.
    """
    numbers = tuple(sorted(numbers))
    if len(numbers) == 1:
        return Tally(int(numbers[0] == target), 1)
    hits = expressions = 0
    ways = ("+" in operations) + 2 * ("-" in operations) + ("*" in operations) + 2 * ("/" in operations)
    for left, right in _divisions(numbers):
        a, b = _values(left, operations), _values(right, operations)
        if len(a) > len(b):
            a, b = b, a  # every way to join them has its mirror image
        of_a, of_b = a.total(), b.total()
        expressions += ways * of_a * of_b
        if "/" in operations:
            expressions -= of_a * b.get(_ZERO, 0) + a.get(_ZERO, 0) * of_b
        hits += sum(times * _partners(value, target, b, operations) for value, times in a.items())
    return Tally(hits, expressions)


def _partners(a: Ratio, target: int, others: Counter[Ratio], operations: str) -> int:
    """How many expressions of `others` make the target when joined with one of the value `a`: each operation solved for the other side and looked up."""
    p, q = a
    scaled, found = target * q, 0
    if "+" in operations:
        found += others.get((scaled - p, q), 0)  # in lowest terms, since p / q is
    if "-" in operations:
        found += others.get((p - scaled, q), 0) + others.get((p + scaled, q), 0)
    if "*" in operations:
        found += others.get(_reduced(scaled, p), 0) if p else others.total() * (target == 0)
    if "/" in operations and p:
        found += others.get(_reduced(target * p, q), 0) + (others.get(_reduced(p, scaled), 0) if target else 0)
    elif "/" in operations and target == 0:
        found += others.total() - others.get(_ZERO, 0)
    return found


def solutions(numbers: tuple[int, ...], target: int, operations: str = "+-*/") -> Iterator[str]:
    """Every expression over the numbers that equals the target, each once up to the order of the sides of sums and products."""
    seen = set()
    for text in _bracketed(tuple(sorted(numbers)), (target, 1), operations):
        if text not in seen:
            seen.add(text)
            yield text[1:-1] if text.startswith("(") else text


# ---- derivations in natural numbers ---------------------------------------------------------------------------------------------------------


Step = tuple[int, str, int, int]
"""One line of a derivation, `left operation right = value`; a plain tuple, since dozens are made for one that is shown."""


class Derivation(tuple[Step, ...]):
    """A way to combine all the numbers, step by step."""

    __slots__ = ()

    @property
    def value(self) -> int:
        return self[-1][3]

    @property
    def sums(self) -> bool:
        """Whether it only adds and subtracts."""
        return all(operation in "+-" for _, operation, _, _ in self)

    @property
    def expression(self) -> str:
        """The expression that the steps amount to, inner steps in parentheses."""
        made: dict[int, list[str]] = {}  # values computed and not used yet; of two equal values either may be used
        text = ""
        for left, operation, right, value in self:
            sides = [made[n].pop() if made.get(n) else str(n) for n in (left, right)]
            text = f"{sides[0]}{operation}{sides[1]}"
            made.setdefault(value, []).append(f"({text})")
        return text

    def __str__(self) -> str:
        return " ".join(f"{left}{operation}{right}={value}" for left, operation, right, value in self)


def natural(p: int, q: int, operations: str, *, ordered: bool = False) -> list[Step]:
    """The operations on two numbers that stay in the natural numbers; the larger number stands first, with `ordered` `p` does in sums and products."""
    larger, smaller = (p, q) if p >= q else (q, p)
    a, b = (p, q) if ordered else (larger, smaller)
    found: list[Step] = []
    for operation in operations:
        if operation == "+":
            found.append((a, "+", b, a + b))
        elif operation == "*":
            found.append((a, "*", b, a * b))
        elif operation == "-":
            found.append((larger, "-", smaller, larger - smaller))
        elif smaller and larger % smaller == 0:
            found.append((larger, "/", smaller, larger // smaller))
    return found


def derivations(numbers: tuple[int, ...], operations: str = "+-*/", made: tuple[Step, ...] = ()) -> Iterator[Derivation]:
    """Every derivation whose values stay natural, in a fixed order: the order of the numbers, then of the operations.

    Natural steps are how people write and lose next to nothing: they reach every target of the published three-number file.

    Args:
        numbers: what is to be combined.
        operations: some of ``+-*/``.
        made: the steps that led to the numbers; the last one made the first number.
    """
    if len(numbers) == 2:
        for step in natural(*numbers, operations, ordered=bool(made)):
            yield Derivation((*made, step))
        return
    for i, j in combinations(range(len(numbers)), 2):
        rest = numbers[:i] + numbers[i + 1 : j] + numbers[j + 1 :]
        # what was just made comes first in sums and products, so that one way of writing them is learnt, not two
        for step in natural(numbers[i], numbers[j], operations, ordered=bool(made) and i == 0):
            yield from derivations((step[3], *rest), operations, (*made, step))


# ---- rational values of every multiset of numbers -------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _values(numbers: tuple[int, ...], operations: str) -> Counter[Ratio]:
    """Value -> number of expressions, by joining the values of every division of the numbers into two parts."""
    if len(numbers) == 1:
        return Counter({(numbers[0], 1): 1})
    found: Counter[Ratio] = Counter()
    for left, right in _divisions(numbers):
        for a, times_a in _values(left, operations).items():
            for b, times_b in _values(right, operations).items():
                for value, _ in _joined(a, b, operations):
                    found[value] += times_a * times_b
    return found


def _divisions(numbers: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The divisions into two parts, the first number always on the left, so that each is met once."""
    for left, right in _sides(len(numbers)):
        yield tuple(compress(numbers, left)), tuple(compress(numbers, right))


@cache
def _sides(count: int) -> list[tuple[list[bool], list[bool]]]:
    """Which of `count` numbers are on the left, and which on the right, in every division."""
    lefts = [[True, *((bits >> i) & 1 == 1 for i in range(count - 1))] for bits in range(2 ** (count - 1) - 1)]
    return [(left, [not c for c in left]) for left in lefts]


def _joined(a: Ratio, b: Ratio, operations: str) -> list[tuple[Ratio, str]]:
    """The values of `a` and `b` under every operation, both ways round where it matters: "_" stands for b - a, "|" for b / a."""
    (p, q), (r, s) = a, b
    ps, rq, qs = p * s, r * q, q * s
    found = []
    if "+" in operations:
        found.append((_reduced(ps + rq, qs), "+"))
    if "-" in operations:
        found += [(_reduced(ps - rq, qs), "-"), (_reduced(rq - ps, qs), "_")]
    if "*" in operations:
        found.append((_reduced(p * r, qs), "*"))
    if "/" in operations and r:
        found.append((_reduced(ps, rq), "/"))
    if "/" in operations and p:
        found.append((_reduced(rq, ps), "|"))
    return found


def _reduced(p: int, q: int) -> Ratio:
    common = math.gcd(p, q) if q > 0 else -math.gcd(p, q)
    return p // common, q // common


def _bracketed(numbers: tuple[int, ...], value: Ratio, operations: str) -> Iterator[str]:
    """Expressions over the numbers with exactly this value; every step in parentheses."""
    if len(numbers) == 1:
        if value == (numbers[0], 1):
            yield str(numbers[0])
        return
    for left, right in _divisions(numbers):
        for a in _values(left, operations):
            for b in _values(right, operations):
                for result, operation in _joined(a, b, operations):
                    if result == value:
                        yield from _written(left, a, right, b, operation, operations)


def _written(left: tuple[int, ...], a: Ratio, right: tuple[int, ...], b: Ratio, operation: str, operations: str) -> Iterator[str]:
    for said_a in _bracketed(left, a, operations):
        for said_b in _bracketed(right, b, operations):
            if operation in "_|":
                yield f"({said_b}{'-' if operation == '_' else '/'}{said_a})"
            else:
                yield f"({said_a}{operation}{said_b})"

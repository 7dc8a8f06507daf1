"""Every expression over given numbers: what Countdown's difficulty and demonstrations are built on.

Exact and complete: rationals are pairs of integers, and every way of writing every number once is met.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

Ratio = tuple[int, int]
"""Numerator and denominator in lowest terms, the denominator positive: a quarter of the time of `fractions.Fraction`."""

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
    for left, right in _divisions(numbers):
        for (p, q), times_a in _values(left, operations).items():
            for (r, s), times_b in _values(right, operations).items():
                times, ps, rq, qs, pr = times_a * times_b, p * s, r * q, q * s, p * r
                scaled = target * qs
                found = total = 0
                if "+" in operations:
                    found, total = ps + rq == scaled, 1
                if "-" in operations:
                    found, total = found + (ps - rq == scaled) + (rq - ps == scaled), total + 2
                if "*" in operations:
                    found, total = found + (pr == scaled), total + 1
                if "/" in operations:
                    found = found + (r != 0 and ps == target * rq) + (p != 0 and rq == target * ps)
                    total += (r != 0) + (p != 0)
                hits += times * found
                expressions += times * total
    return Tally(hits, expressions)


def solutions(numbers: tuple[int, ...], target: int, operations: str = "+-*/") -> Iterator[str]:
    """Every expression over the numbers that equals the target, each once up to the order of the sides of sums and products."""
    seen = set()
    for text in _bracketed(tuple(sorted(numbers)), (target, 1), operations):
        if text not in seen:
            seen.add(text)
            yield text[1:-1] if text.startswith("(") else text


# ---- derivations in natural numbers ---------------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """One line of a derivation: `left operation right = value`."""

    left: int
    operation: str
    right: int
    value: int

    def __str__(self) -> str:
        return f"{self.left}{self.operation}{self.right}={self.value}"


class Derivation(NamedTuple):
    """A way to combine all the numbers, step by step."""

    steps: tuple[Step, ...]

    @property
    def value(self) -> int:
        return self.steps[-1].value

    @property
    def sums(self) -> bool:
        """Whether it only adds and subtracts."""
        return all(step.operation in "+-" for step in self.steps)

    @property
    def expression(self) -> str:
        """The expression that the steps amount to, inner steps in parentheses."""
        made: dict[int, list[str]] = {}  # values computed and not used yet; of two equal values either may be used
        text = ""
        for step in self.steps:
            sides = [made[n].pop() if made.get(n) else str(n) for n in (step.left, step.right)]
            text = f"{sides[0]}{step.operation}{sides[1]}"
            made.setdefault(step.value, []).append(f"({text})")
        return text

    def __str__(self) -> str:
        return " ".join(map(str, self.steps))


def natural(a: int, operation: str, b: int) -> int | None:
    """`a operation b` where it stays in the natural numbers, else None."""
    if operation == "+":
        return a + b
    if operation == "*":
        return a * b
    if operation == "-":
        return a - b if a >= b else None
    return a // b if b and a % b == 0 else None


def derivations(numbers: tuple[int, ...], operations: str = "+-*/") -> Iterator[Derivation]:
    """Every derivation whose values stay natural, in a fixed order: the order of the numbers, then of the operations.

    Natural steps are how people write and lose next to nothing: they reach every target of the published three-number file.
    """
    for steps in _derive(numbers, operations, ()):
        yield Derivation(steps)


def _derive(pool: tuple[int, ...], operations: str, steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    for i in range(len(pool)):
        for j in range(i + 1, len(pool)):
            larger, smaller = (pool[i], pool[j]) if pool[i] >= pool[j] else (pool[j], pool[i])
            rest = pool[:i] + pool[i + 1 : j] + pool[j + 1 :]
            for operation in operations:
                # what was just made comes first in sums and products, so that one way of writing them is learnt, not two
                a, b = (pool[i], pool[j]) if steps and i == 0 and operation in "+*" else (larger, smaller)
                value = natural(a, operation, b)
                if value is not None:
                    longer = (*steps, Step(a, operation, b, value))
                    if rest:
                        yield from _derive((value, *rest), operations, longer)
                    else:
                        yield longer


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


@lru_cache(maxsize=1024)
def _divisions(numbers: tuple[int, ...]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """The divisions into two parts, the first number always on the left, so that each is met once."""
    others = len(numbers) - 1
    found = []
    for bits in range(2**others - 1):
        left = [True, *((bits >> i) & 1 == 1 for i in range(others))]
        found.append((tuple(n for n, c in zip(numbers, left, strict=True) if c), tuple(n for n, c in zip(numbers, left, strict=True) if not c)))
    return tuple(found)


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

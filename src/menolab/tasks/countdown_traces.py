"""How a worked Countdown solution is written: one function a style, from random numbers and a problem to a trace and an answer.

The traces use digits, ``+-*/=()``, spaces, line breaks and the word "no", so that a tiny tokenizer holds them all. A style may end in a wrong
answer: cold start learns from honest mixtures, and what is always right leaves reinforcement nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from menolab.tasks.countdown_solver import Derivation, derivations, natural

LARGEST = 199
"""Products beyond this are not written down in thorough working: none is of use for targets up to 100 with numbers up to 100."""


class Trace(NamedTuple):
    """The thinking and the final expression."""

    thinking: str
    answer: str


Writer = Callable[[Random, tuple[int, ...], int, str], Trace]
"""(randomness, numbers, target, operations) -> trace."""


def guess(random: Random, numbers: tuple[int, ...], target: int, operations: str) -> Trace:
    """Quick: no thinking. Half of the time a solution, else one of the eight nearest misses; the bare target where no step stays natural."""
    all_ = list(derivations(numbers, operations))
    if not all_:
        return Trace("", str(target))
    hits = [d for d in all_ if d.value == target]
    misses = sorted((d for d in all_ if d.value != target), key=lambda d: abs(d.value - target))[:8]
    chosen = random.choice(hits if hits and (random.random() < 0.5 or not misses) else misses)
    return Trace("", chosen.expression)


def tries(random: Random, numbers: tuple[int, ...], target: int, operations: str, attempts: int = 3) -> Trace:
    """Random attempts, mostly sums and differences, each worked out; stops at the first hit, gives up with the nearest miss."""
    all_ = list(derivations(numbers, operations))
    if not all_:
        return Trace("", str(target))
    small = [d for d in all_ if d.value <= 400] or all_
    sums = [d for d in small if d.sums] or small
    seen: list[Derivation] = []
    while len(seen) < attempts and not (seen and seen[-1].value == target):
        seen.append(random.choice(sums if random.random() < 0.8 else small))
    best = min(seen, key=lambda d: abs(d.value - target))
    return Trace("\n".join(map(str, seen)), best.expression)


def search(random: Random, numbers: tuple[int, ...], target: int, operations: str) -> Trace:
    """Systematic: every different result of sums and differences, the numbers in order of size, until one hits; then some products."""
    lines: list[str] = []
    met: set[int] = set()
    for derivation in derivations(tuple(sorted(numbers, reverse=True)), operations):
        if derivation.sums and derivation.value not in met:
            met.add(derivation.value)
            lines.append(str(derivation))
            if derivation.value == target:
                return Trace("\n".join(lines), derivation.expression)
    return _products(random, numbers, target, operations, lines)


def goal(random: Random, numbers: tuple[int, ...], target: int, operations: str) -> Trace:
    """Goal-directed: set the largest number apart, write what the others make and what they would have to make, and compare.

    Sums and differences only; they solve nine problems of ten. Where they do not, "no" and some products. More than three numbers: one is set
    apart and its needs become the targets of the rest.
    """
    lines: list[str] = []
    plain = "".join(o for o in operations if o in "+-")
    answer = _reach(tuple(sorted(numbers, reverse=True)), target, plain, lines) if plain else None
    return Trace("\n".join(lines), answer) if answer else _products(random, numbers, target, operations, lines)


def thorough(random: Random, numbers: tuple[int, ...], target: int, operations: str) -> Trace:
    """As `goal`, with products and quotients worked the same way; nearly complete, and long. Where nothing fits, the nearest miss."""
    lines: list[str] = []
    answer = _reach(tuple(sorted(numbers, reverse=True)), target, operations, lines)
    return Trace("\n".join(lines), answer or _nearest_miss(numbers, target, operations))


STYLES: dict[str, Writer] = {"guess": guess, "tries": tries, "search": search, "goal": goal, "thorough": thorough}


def _products(random: Random, numbers: tuple[int, ...], target: int, operations: str, lines: list[str]) -> Trace:
    """Go on with up to two derivations that multiply or divide and miss, then one that hits; the nearest miss if none does."""
    others = [d for d in derivations(numbers, operations) if not d.sums]
    hits = [d for d in others if d.value == target]
    misses = [d for d in others if d.value != target and d.value <= 400 and all(value <= 1000 for _, _, _, value in d)]
    lines = [*lines, *map(str, random.sample(misses, min(len(misses), random.randint(0, 2))))]
    if not hits:
        return Trace("\n".join(lines), _nearest_miss(numbers, target, operations))
    hit = random.choice(hits)
    return Trace("\n".join([*lines, str(hit)]), hit.expression)


def _nearest_miss(numbers: tuple[int, ...], target: int, operations: str) -> str:
    """The expression nearest to the target but not on it: an answer must not know what the thinking did not find."""
    misses = [d for d in derivations(numbers, operations) if d.value != target]
    return min(misses, key=lambda d: abs(d.value - target)).expression if misses else str(target)


# ---- the goal-directed style ----------------------------------------------------------------------------------------------------------------


class _Need(NamedTuple):
    """What the other numbers have to make, so that with the one set apart it gives the target."""

    value: int
    working: str
    expression: str
    """With {} for the others' expression."""


_LINES = 24
"""A goal-directed trace gives up after this many lines (four numbers or more)."""


def _reach(numbers: tuple[int, ...], target: int, operations: str, lines: list[str]) -> str | None:
    """An expression over `numbers` for `target`, or None; writes the working to `lines`."""
    if len(numbers) == 2:
        made = dict(reversed(list(_pairs(*numbers, operations))))
        lines.append(" ".join(f"{text}={value}" for value, text in made.items()))
        return made.get(target)
    for apart, allowed in _blocks(len(numbers), operations):
        rest = numbers[:apart] + numbers[apart + 1 :]
        needs = list(_needs(numbers[apart], target, allowed))
        if len(numbers) == 3:
            found = _block(rest, needs, allowed, lines)
        else:
            found = _first(rest, needs, allowed, lines)
        if found is not None or len(lines) >= _LINES:
            return found
    return None


def _blocks(count: int, operations: str) -> Iterator[tuple[int, str]]:
    """Which number to set apart (index in order of size) and what to allow: the largest first, and sums before products."""
    plain = "".join(o for o in operations if o in "+-")
    if plain:
        yield 0, plain
    if plain != operations:
        yield 0, operations
        for apart in range(count - 1, 0, -1):
            yield apart, operations
    elif count > 3:  # among three numbers, sums and differences are complete with the largest apart
        for apart in range(1, count):
            yield apart, operations


def _block(rest: tuple[int, ...], needs: list[_Need], operations: str, lines: list[str]) -> str | None:
    """Compare what two numbers make with what is needed; one line."""
    made = list(_pairs(rest[0], rest[1], operations))
    lines.append(" ".join([f"{text}={value}" for value, text in made] + [f"{n.working}={n.value}" for n in needs]))
    for value, text in made:
        for need in needs:
            if need.value == value:
                return need.expression.format(f"({text})")
    lines.append("no")
    return None


def _first(rest: tuple[int, ...], needs: list[_Need], operations: str, lines: list[str]) -> str | None:
    """Try to make each need in turn out of three numbers or more."""
    for need in needs:
        lines.append(f"{need.working}={need.value}")
        found = _reach(rest, need.value, operations, lines)
        if found is not None:
            return need.expression.format(f"({found})")
        if len(lines) >= _LINES:
            return None
    return None


def _pairs(p: int, q: int, operations: str) -> Iterator[tuple[int, str]]:
    """What two numbers (p >= q) make, with the working."""
    for a, operation, b, value in natural(p, q, operations):
        if operation != "*" or value <= LARGEST:
            yield value, f"{a}{operation}{b}"


def _needs(x: int, target: int, operations: str) -> Iterator[_Need]:
    """What the others have to make when `x` is set apart, for every way of joining them with `x`."""
    if "+" in operations and target >= x:
        yield _Need(target - x, f"{target}-{x}", f"{x}+{{}}")
    if "-" in operations:
        if target < x:
            yield _Need(x - target, f"{x}-{target}", f"{x}-{{}}")
        yield _Need(target + x, f"{target}+{x}", f"{{}}-{x}")
    if "/" in operations and x and target * x <= LARGEST:
        yield _Need(target * x, f"{target}*{x}", f"{{}}/{x}")
    if "*" in operations and x and target % x == 0:
        yield _Need(target // x, f"{target}/{x}", f"{{}}*{x}")
    if "/" in operations and target and x % target == 0 and x:
        yield _Need(x // target, f"{x}/{target}", f"{x}/{{}}")

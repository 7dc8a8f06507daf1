"""A GSM-Symbolic template: typed variables with domains, conditions and a formula, and how it is filled."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from menolab.tasks.template_expression import Domain, Expression, Unreadable, read_expression, written

_PLACE = re.compile(r"\{\s*(\w+)\s*,([^{}]*)\}")
_ASSIGNED = re.compile(r"\s*\$?\w+\s*(?:,\s*\$?\w+\s*)*=(?!=)")
_DOLLAR = re.compile(r"\$(?=[A-Za-z_])")
TRIES, RESTART = 400_000, 4_000
"""Values tried before a template counts as one that cannot be filled; and before a search begins anew, since an early bad value can cost most of it."""


def _shares(words: Mapping[int, str], tops: tuple[int, ...] = (1,)) -> list[tuple[str, Fraction]]:
    return [(text.format(top), Fraction(top, bottom)) for bottom, text in words.items() for top in tops if top < bottom]


_ORDINALS = {2: "half", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth"}
_COUNTS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
_DIGITS = [(f"{top}/{bottom}", Fraction(top, bottom)) for bottom in range(2, 11) for top in range(1, min(bottom, 6)) if top == 1 or bottom < 7]
_WORDS = [
    (f"{_COUNTS[top]}-{_ORDINALS[bottom]}{'s' if top > 1 else ''}", Fraction(top, bottom))
    for bottom in _ORDINALS for top in range(1, min(bottom, 6)) if top == 1 or bottom < 7
]  # fmt: skip
_TIMES = [(f"{word} times", n) for n, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2)]
_MALE = [
    "Alejandro", "Ali", "Andre", "Arash", "Arjun", "Benjamin", "Bodhi", "Carlos", "Diego", "Esteban", "Faisal", "Gabriel", "Hiroshi", "Ibrahim",
    "Jamal", "James", "Jin", "Kai", "Leon", "Liam", "Luca", "Luis", "Mateo", "Mohammed", "Noah", "Oliver", "Oscar", "Pavel", "Qasim", "Ravi",
    "Sanjay", "Santiago", "Tariq", "Theo", "Thiago", "Umar", "Viktor", "Wei", "Xavier", "Yusuf"
]
_FEMALE = [
    "Aisha", "Amelia", "Ananya", "Ava", "Beatriz", "Camila", "Daphne", "Elena", "Emma", "Fatima", "Gabrielle", "Haruka", "Isabella", "Jasmine",
    "Kayla", "Keisha", "Kimia", "Leilani", "Mei", "Mia", "Nadia", "Nia", "Olga", "Olivia", "Priya", "Quinn", "Rania", "Roya", "Sakura", "Sofia",
    "Sophia", "Tara", "Uma", "Valentina", "Valeria", "Winnie", "Yara", "Zahra"
]
LISTS: dict[str, list[Any]] = {
    "names": [*_MALE, *_FEMALE], "names_male": _MALE, "names_female": _FEMALE,
    "fractions": [
        *_shares({2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 8: "an eighth", 10: "a tenth"}), *[pair for pair in _DIGITS if pair[1].numerator == 1]
    ],
    "fraction_alph": _WORDS, "fraction_nums": _DIGITS, "fraction_alnum": [*_WORDS, *_DIGITS],
    "fraction_decimals": [(f"0.{n}", Fraction(n, 10)) for n in range(1, 10)],
    "multi_times": _TIMES, "multiple_ice": [("twice", 2), ("thrice", 3), *_TIMES[2:]],
    "multiple": [("double", 2), ("triple", 3), ("quadruple", 4), ("quintuple", 5)],
    "weekdays": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "colors": ["red", "blue", "green", "yellow", "purple", "orange", "pink", "black", "white", "brown", "gray", "teal", "cyan", "magenta", "indigo",
        "turquoise"],
    "fruits": ["apple", "apricot", "banana", "grape", "kiwi", "orange", "pear", "pineapple", "plum", "pomegranate", "watermelon"],
    "sports": ["badminton", "basketball", "cricket", "football", "hurling", "tennis", "volleyball"],
    "cities": ["Amsterdam", "Bangkok", "Berlin", "Buenos Aires", "Cairo", "Cape Town", "Hanoi", "Lisbon", "Nairobi", "Seoul", "Sydney", "Toronto", "Vienna"],
    "currencies_sym": ["$", "€", "£"], "length_lg": ["kilometer", "mile"], "weights_med": ["kilogram", "pound"], "weights_sm": ["gram", "ounce"],
}  # fmt: skip
"""The lists that templates name. Apple's repository has none of them: these are the values seen in its generated files, in regular form."""


@dataclass(frozen=True)
class Template:
    """A parsed template."""

    text: str
    """The question with its places ``{x,10}``."""
    steps: tuple[tuple[tuple[str, ...], Expression], ...]
    """Which variables each line of #init gives, and from what."""
    checks: tuple[tuple[Expression, ...], ...]
    """The conditions that can be checked after each step (those without variables after the first)."""
    answer: Expression

    def fill(self, rng: random.Random) -> dict[str, Any]:
        """Values for all variables that satisfy the conditions: depth first, each variable's values in random order, begun anew now and then.

        So values are not uniform among all that satisfy: a variable's early values do not depend on how many ways there are to go on.

        Raises:
            Unreadable: no such values were found within `TRIES`, or the template cannot be computed.
        """
        for _ in range(TRIES // RESTART):
            found = next(self._filled(0, dict(LISTS), rng, [RESTART]), None)
            if found is not None:
                return {name: found[name] for names, _ in self.steps for name in names}
        raise Unreadable(f"no values satisfy the conditions ({TRIES} tried)")

    def _filled(self, step: int, env: dict[str, Any], rng: random.Random, left: list[int]) -> Iterator[dict[str, Any]]:
        if step == len(self.steps):
            yield env
            return
        names, expression = self.steps[step]
        for values in _drawn(expression(env), len(names), rng):
            left[0] -= 1
            if left[0] < 0:
                return
            extended = {**env, **dict(zip(names, values, strict=True))}
            if self.holds(extended, step):
                yield from self._filled(step + 1, extended, rng, left)

    def holds(self, env: Mapping[str, Any], step: int | None = None) -> bool:
        """Whether the conditions hold: those of one step, or all."""
        checks = self.checks[step] if step is not None else [check for some in self.checks for check in some]
        return all(bool(check(env)) for check in checks)

    def question(self, env: Mapping[str, Any]) -> str:
        """The question with values in its places; a text at the beginning of a sentence begins with a capital."""

        def place(match: re.Match[str]) -> str:
            text, before = written(env[match.group(1)]), self.text[: match.start()].rstrip()
            return text[:1].upper() + text[1:] if not before or before[-1] in ".?!" else text

        return _PLACE.sub(place, self.text)


def _drawn(value: Any, count: int, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """The ways to draw `count` values, in random order; endless repetitions are left out where a draw is of one value."""
    if not isinstance(value, (Domain, list)):
        yield (value,) if count == 1 else tuple(value)
        return
    domain = value if isinstance(value, Domain) else Domain(tuple(value))
    if domain.sequential:
        starts = list(range(len(domain.values)))
        rng.shuffle(starts)
        for start in starts:
            yield tuple(domain.values[(start + n) % len(domain.values)] for n in range(count))
    elif count == 1:
        values = list(domain.values)
        rng.shuffle(values)
        yield from ((one,) for one in values)
    else:
        for _ in range(100):
            yield tuple(rng.sample(domain.values, count))


@lru_cache(maxsize=1024)
def read_template(annotated: str) -> Template:
    """The template of a file's "question_annotated".

    Raises:
        Unreadable: it lacks a part, names an unknown list, or holds something that is not of the language.
    """
    text, _, rest = annotated.partition("#init:")
    body, hashes, answer = rest.partition("#answer")
    init, _, conditions = body.partition("#conditions:")
    if not hashes or not text.strip():
        raise Unreadable("a template is a question, #init:, #conditions: and #answer:")
    steps = tuple(_step(line) for line in _lines(init))
    known = set(LISTS).union(*(names for names, _ in steps))
    tests = [read_expression(_DOLLAR.sub("", line)) for line in _lines(conditions)]
    formula = read_expression(_DOLLAR.sub("", answer.strip().lstrip(":=").strip()))
    unknown = {name for part in (*tests, formula, *(expression for _, expression in steps)) for name in part.names} - known
    if unknown | ({match.group(1) for match in _PLACE.finditer(text)} - known):
        raise Unreadable(f"no value for {', '.join(sorted(unknown)) or 'a place of the question'}")
    tested = frozenset().union(*(test.names for test in tests))
    # what no condition asks for comes last: a search that fails above it would fail again for each of its values
    needed = tested.union(*(expression.names for _, expression in steps))
    steps = tuple(sorted(steps, key=lambda one: not needed & set(one[0])))
    return Template(text.strip(), steps, _placed(steps, tests), formula)


def _lines(part: str) -> list[str]:
    return [line.strip().removeprefix("-").strip() for line in part.split("\n") if line.strip()]


def _step(line: str) -> tuple[tuple[str, ...], Expression]:
    match = _ASSIGNED.match(line)
    if match is None:
        raise Unreadable(f"{line[:80]!r} gives no variable a value")
    names = tuple(name.strip().lstrip("$") for name in match.group()[:-1].split(","))
    return names, read_expression(_DOLLAR.sub("", line[match.end() :]))


def _placed(steps: tuple[tuple[tuple[str, ...], Expression], ...], tests: list[Expression]) -> tuple[tuple[Expression, ...], ...]:
    """Each condition with the first step after which all its variables have values."""
    placed: list[list[Expression]] = [[] for _ in steps]
    bound, left = set(LISTS).difference(*(names for names, _ in steps)), list(tests)
    for place, (names, _) in enumerate(steps):
        bound |= set(names)
        placed[place] = [test for test in left if test.names <= bound]
        left = [test for test in left if not test.names <= bound]
    return tuple(map(tuple, placed))

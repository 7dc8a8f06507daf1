"""Equal as numbers, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from menolab.errors import check_range
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.settle import assigned
from menolab.verifiers.math.symbolic import value
from menolab.verifiers.math.terms import Unreadable
from menolab.verifiers.math.units import Unit, read_unit

_DROPPED = frozenset((read_unit("percent"), read_unit("degree")))


@dataclass(frozen=True)
class Quantity:
    """A number and the unit written after it, if any."""

    value: Fraction
    unit: Unit | None = None


def read_quantity(answer: str) -> Quantity | None:
    r"""The rational number that `answer` writes, or None if it writes none, or more than a number.

    Reads what the mathematics parser reads (``1/2``, ``\dfrac12``, ``1 4/5``, ``1.2\times10^{5}``, ``12,345``, "x = 7", "42 apples") and has an exact rational
    value. Per cent and degree signs are dropped: 28% is 28, never 0.28. It does not read "5=6=7" or "7 or 8": a hedge is no number.
    """
    try:
        term = parse(answer)
    except Unreadable:
        return None
    named = assigned(term) if len(term.args) == 2 else None
    term = named[1] if named else term
    unit = read_unit(term.name) if term.head == "quantity" else None
    term = term.args[0] if term.head in ("quantity", "degree") else term
    number = value(term)
    return None if number is None else Quantity(number, None if unit in _DROPPED else unit)


@dataclass(frozen=True)
class Numeric(AnswerVerifier):
    """Right if the answer is the gold number, compared as exact rationals: 0.3333 is not 1/3 unless `tolerance` says so."""

    kinds: ClassVar[tuple[str, ...]] = ("number",)
    tolerance: float = 0.0
    """Largest absolute difference that still counts as equal."""

    def __post_init__(self) -> None:
        check_range("tolerance", self.tolerance, 0.0, 1e300)

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer. Units are compared only where both sides write one."""
        gold = read_quantity(problem.answer)
        if gold is None:
            return undecided("gold", "the gold answer is not a number", answer)
        found = read_quantity(answer)
        if found is None:
            return wrong("parse", "not a number", answer)
        if found.unit and gold.unit and found.unit != gold.unit:
            return wrong("compare", "another unit", answer)
        if abs(found.value - gold.value) <= Fraction(self.tolerance):
            return right("compare", "equal as numbers", answer)
        return wrong("compare", "another number", answer)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer is a number."""
        return len(answer) <= self.longest and read_quantity(answer) is not None

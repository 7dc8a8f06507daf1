"""Equal as numbers, exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from menolab.errors import check_range
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.plain import plain

MAX_DIGITS = 1000
"""Digits of the longest number that is read, its power of ten written out. Beyond it arithmetic would take noticeable time."""

_DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_PLAIN = re.compile(rf"([+-]?)({_DECIMAL})(?:(?:[eE]|\*10\^)\{{?([+-]?[0-9]{{1,5}})\}}?)?")
_RATIO = re.compile(rf"([+-]?)({_DECIMAL})/([+-]?)({_DECIMAL})")
_MIXED = re.compile(r"([+-]?)([0-9]+) ([0-9]+)/([0-9]+)")
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
_FRACTION = re.compile(r"\\[dt]?frac(?:\{([^{}]*)\}\{([^{}]*)\}|([0-9])([0-9]))")
_NAME = re.compile(r"\\?[A-Za-z]\w{0,20}(?:\([A-Za-z0-9]{1,5}\))? ?= ?([^=]*)")
_UNIT = re.compile(r"(.*?[0-9}.]) ?([A-Za-z]{2,}(?: [A-Za-z]+){0,2}(?:\^\{?[23]\}?|[²³])?)")
_NO_UNIT = re.compile(
    r"\b(?:pi|or|and|to|hundred|thousand|million|billion|trillion|dozen|half|plus|minus|times|over|mod|log|ln|sqrt|factorial|not|is)\b"
    r"|^(?:squared|cubed)\b", re.IGNORECASE
)
"""Words that change a number rather than say what is counted."""
_MARK_WITHIN = re.compile(r"[0-9](?:\\?[$%]|[\u20ac\u00a3\u00b0]|\^\\circ|\^\{\\circ\})[0-9]")
"""Digits on both sides of a mark that is dropped: two numbers, which must not run together into one."""
_REPLACED = (
    ("\u2212", "-"), ("\u2013", "-"), ("\u00d7", "*"), (r"\times", "*"), (r"\cdot", "*"), (r"\left", ""), (r"\right", ""),
    (r"\$", ""), ("$", ""), ("\u20ac", ""), ("\u00a3", ""), (r"\%", ""), ("%", ""), (r"^\circ", ""), (r"^{\circ}", ""), ("\u00b0", ""),
    ("{,}", ","), (r",\!", ","), (r"\,", ""), (r"\!", ""), ("\u2009", ""), ("\u202f", ""), (r"\;", " "), (r"\ ", " "),
)


@dataclass(frozen=True)
class Quantity:
    """A number and the unit written after it, if any."""

    value: Fraction
    unit: str = ""


def read_quantity(answer: str) -> Quantity | None:
    r"""The number that `answer` writes, or None if it writes none, or more than a number.

    Reads signs (Unicode minus too), decimals, powers of ten (``1.2e5``, ``1.2\times10^{5}``), fractions (``1/2``, ``\frac{1}{2}``, ``\dfrac12``),
    mixed numbers (``1 4/5``), thousands commas in groups of three, "x = 7", currency signs, per cent and degree signs (both dropped: 28% is
    28, never 0.28), and a unit in words. It does not read "5=6=7" or "7 or 8": a hedge is no number.
    """
    text = plain(answer)
    if _MARK_WITHIN.search(text):
        return None
    for old, new in _REPLACED:
        text = text.replace(old, new)
    text = text.strip()
    named = _NAME.fullmatch(text)
    text = named.group(1).strip() if named else text
    text = _GROUPED.sub(lambda m: m.group().replace(",", ""), text)
    value = _number(text)
    if value is not None:
        return Quantity(value)
    split = _UNIT.fullmatch(text)
    if split is None or _NO_UNIT.search(split.group(2)):
        return None
    value = _number(split.group(1).strip())
    unit = split.group(2).lower().removesuffix("s")
    return None if value is None else Quantity(value, "" if unit in ("degree", "percent") else unit)


def _number(text: str) -> Fraction | None:
    if len(text) > MAX_DIGITS:
        return None
    spaced = re.fullmatch(r"([+-]?[0-9]*) ?(\\[dt]?frac.*)", text)
    if spaced:
        fraction = _FRACTION.fullmatch(spaced.group(2))
        if fraction is None:
            return None
        top, bottom = (fraction.group(1), fraction.group(2)) if fraction.group(1) is not None else (fraction.group(3), fraction.group(4))
        whole, top, bottom = spaced.group(1), top.strip(), bottom.strip()
        text = f"{whole} {top}/{bottom}" if whole.strip("+-") else f"{whole}{top}/{bottom}"
    text = re.sub(r" ?([*/^]) ?", r"\1", re.sub(r"^([+-]) ", r"\1", text))
    mixed = _MIXED.fullmatch(text)
    if mixed:
        sign, whole, top, bottom = mixed.groups()
        part = _ratio("", top, "", bottom)
        return None if part is None else (Fraction(int(whole)) + part) * (-1 if sign == "-" else 1)
    ratio = _RATIO.fullmatch(text)
    if ratio:
        return _ratio(*ratio.groups())
    match = _PLAIN.fullmatch(text)
    return _scaled(*match.groups()) if match else None


def _ratio(sign: str, top: str, sign_below: str, bottom: str) -> Fraction | None:
    above, below = _scaled(sign, top, None), _scaled(sign_below, bottom, None)
    return None if above is None or not below else above / below


def _scaled(sign: str, digits: str, power: str | None) -> Fraction | None:
    exponent = int(power or 0)
    if len(digits) + abs(exponent) > MAX_DIGITS:
        return None
    value = Fraction(digits if digits[-1] != "." else digits[:-1]) * Fraction(10) ** exponent
    return -value if sign == "-" else value


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
            return wrong("compare", f"the unit is {found.unit}, not {gold.unit}", answer)
        if abs(found.value - gold.value) <= Fraction(self.tolerance):
            return right("compare", "equal as numbers", answer)
        return wrong("compare", "another number", answer)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer is a number."""
        return len(answer) <= self.longest and read_quantity(answer) is not None

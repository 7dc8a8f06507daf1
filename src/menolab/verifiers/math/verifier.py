"""The mathematics verifier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem, Verdict
from menolab.verifiers.choice import read_choice
from menolab.verifiers.extract import extract
from menolab.verifiers.math.clean import clean, words
from menolab.verifiers.math.compare import compare
from menolab.verifiers.math.match import Match, right, undecided, wrong
from menolab.verifiers.math.notations import constant_reading
from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.rules import Rules, strict
from menolab.verifiers.math.terms import Term, Unreadable, Unsupported, variables
from menolab.verifiers.verifier import Verifier

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_GROUPS = re.compile(r"[0-9],[0-9]{3}(?![0-9])")


@dataclass(frozen=True)
class Math(Verifier):
    """Right if the final answer equals the gold one as mathematics, under `rules`.

    Numbers, fractions, surds, expressions, intervals, sets, lists, tuples, matrices, equations, inequalities, units, choices and words, in LaTeX or plain
    text. A verdict names its stage: extract, parse, text, choice, identical, exact, numeric, algebra, compare, units, tolerance, or undecided.
    """

    kinds: ClassVar[tuple[str, ...]] = ("mathematics", "latex")
    longest: ClassVar[int] = 2000
    """Characters of the longest answer that is looked at."""
    rules: Rules = Rules()

    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response. Nothing extracted is wrong at stage "extract"."""
        found = extract(text, strict=self.rules.one_box_or_tag, boxes=True, listed=True)
        if found.answer is None:
            return _verdict(wrong("extract", found.reason), None)
        if len(found.answer) > self.longest:
            return _verdict(wrong("extract", f"the answer is longer than {self.longest} characters"), found.answer[: self.longest])
        return _verdict(self.judge(problem.answer, found.answer), found.answer)

    def judge(self, gold: str, answer: str) -> Match:
        """Whether an answer alone (no response around it) equals the gold answer."""
        if gold == answer:
            return right("identical", "the same text") if gold.strip() else wrong("parse", "empty")
        if _NUMBER.fullmatch(gold) and _NUMBER.fullmatch(answer):
            return right("exact", "equal") if int(gold) == int(answer) else wrong("exact", f"not equal: {answer}, not {gold}")
        if max(len(gold), len(answer)) > self.longest:
            return wrong("parse", "too long") if len(gold) <= self.longest else undecided("the gold answer is too long")
        return self._chosen(gold, answer) or self._compared(gold, answer)

    def _chosen(self, gold: str, answer: str) -> Match | None:
        """Letters of multiple-choice questions: both must choose one."""
        letter = read_choice(gold)
        chosen = read_choice(answer) if letter is not None and re.search("[A-Z]", gold) else None
        if chosen is None:
            return None
        return right("choice", "the gold option") if chosen == letter else wrong("choice", f"chooses {chosen}")

    def _compared(self, gold: str, answer: str) -> Match:
        if clean(gold) == clean(answer) != "":
            return right("identical", "the same text up to spacing")
        try:
            wanted = parse(gold)
        except Unreadable as error:
            return undecided(f"the gold answer cannot be read: {error}")
        if wanted.head == "text" and (words(gold).casefold() == words(answer).casefold() or _decided(words(gold), words(answer))):
            return right("text", "the same words")
        found = self._parsed(gold, answer, wanted)
        return found if found.right else self._constants(gold, answer) or found

    def _parsed(self, gold: str, answer: str, wanted: Term) -> Match:
        try:
            return self._readings(gold, answer, wanted, parse(answer))
        except Unsupported as error:
            return undecided(str(error))
        except Unreadable as error:
            return wrong("parse", str(error))
        except RecursionError:  # the caller's own stack was nearly used up
            return undecided("nested too deeply")

    def _constants(self, gold: str, answer: str) -> Match | None:
        """The comparison of two constants in which letters are units or combinations, if either can be read so and they are equal then."""
        readings = [constant_reading(text) for text in (gold, answer)]
        if readings == [None, None]:
            return None
        try:
            terms = [parse(reading or text) for reading, text in zip(readings, (gold, answer), strict=True)]
        except Unreadable:
            return None
        if any(variables(term) for term in terms):
            return None
        found = compare(terms[0], terms[1], self.rules)
        return found if found.right else None

    def _readings(self, gold: str, answer: str, wanted: Term, given: Term) -> Match:
        """The comparison; where exactly one side writes 1,234 and it is not the number, that side is also read as a list."""
        first = compare(wanted, given, self.rules)
        grouped = bool(_GROUPS.search(gold)), bool(_GROUPS.search(answer))
        if first.right or grouped[0] == grouped[1]:
            return first
        return compare(parse(gold, grouped=not grouped[0]), parse(answer, grouped=not grouped[1]), self.rules) if _listed(wanted, given, grouped[0]) else first

    def strictly(self) -> Verifier:
        """The same with the rules for rewards."""
        return Math(strict())

    def readable(self, answer: str) -> bool:
        """Whether the gold answer can be compared with anything but itself."""
        if not answer.strip() or len(answer) > self.longest:
            return False
        try:
            parse(answer)
        except Unreadable:
            return False
        return True


def _listed(gold: Term, answer: Term, gold_is_grouped: bool) -> bool:
    """Whether the side without grouped digits is a list, so that the other may be one."""
    return (answer if gold_is_grouped else gold).head in ("list", "set", "bracket")


def _decided(gold: str, answer: str) -> bool:
    """Whether the answer begins with the gold yes or no, set off from an explanation that does not say the opposite."""
    against = {"yes": "no|not|or", "true": "false|not|or", "no": "yes|or", "false": "true|or"}.get(gold.casefold())
    led = against is not None and re.match(rf"{gold}(?:[,.;:]| because\b| since\b)", answer, re.IGNORECASE)
    return bool(led) and not re.search(rf"\b(?:{against})\b", answer, re.IGNORECASE)


def _verdict(found: Match, extracted: str | None) -> Verdict:
    return Verdict(found.label, 1.0 if found.right else 0.0, found.stage, found.reason, extracted)  # type: ignore[arg-type]



"""The letter of a multiple-choice question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.plain import plain

_ALONE = re.compile(r"(?:option|choice|answer)?[ :]*[(\[]?([A-Za-z])[)\]]?[.:]?", re.IGNORECASE)
_LED = re.compile(r"(?:(?:option|choice)[ :]+)?(?:[(\[]([A-Za-z])[)\]][.:]?|([A-Z])[.):])(?= )(.*)", re.IGNORECASE | re.DOTALL)
_OTHER = re.compile(r"(?:\b(?:or|and)|[,;/&]) *(?:[(\[][A-Za-z][)\]]|[A-Z]\b(?! ?[a-z]))| [(\[][A-J][)\]](?!\w)|^ *[A-Z](?:[.):](?= |$)|$)")
"""A second letter in what follows the first: joined to it, in brackets, or at once."""


def read_choice(answer: str) -> str | None:
    r"""The capital letter that `answer` chooses, or None.

    Reads ``B``, ``(b)``, ``B.``, ``Option B``, ``\text{(B)}``, and a letter set off by a bracket, stop or colon before the option's own words
    (``\textbf{(B)}\ 24``, ``C. 24``). A letter that merely begins a phrase ("A triangle", "Actually") chooses nothing, and neither do two letters.
    """
    text = plain(answer.replace("\\ ", " ").replace("~", " "))
    alone = _ALONE.fullmatch(text)
    if alone:
        return alone.group(1).upper()
    led = _LED.fullmatch(text)
    if led and not _OTHER.search(" " + led.group(3)):
        return (led.group(1) or led.group(2)).upper()
    return None


@dataclass(frozen=True)
class MultipleChoice(AnswerVerifier):
    """Right if the answer chooses the gold letter.

    Where `problem.facts["choices"]` lists the options' texts in order, an answer that is exactly one of them chooses its letter.
    """

    kinds: ClassVar[tuple[str, ...]] = ("choice", "mcq")

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        gold = self._letter(problem, problem.answer)
        if gold is None:
            return undecided("gold", "the gold answer is not a choice", answer)
        found = self._letter(problem, answer)
        if found is None:
            return wrong("parse", "chooses no single option", answer)
        return right("compare", "the gold option", answer) if found == gold else wrong("compare", f"chooses {found}", answer)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer is a letter."""
        return len(answer) <= self.longest and read_choice(answer) is not None

    @staticmethod
    def _letter(problem: Problem, answer: str) -> str | None:
        listed = problem.facts.get("choices")
        choices = [plain(str(choice)).casefold() for choice in listed] if isinstance(listed, (list, tuple)) else []
        wanted = plain(answer).casefold()
        if choices.count(wanted) == 1:
            return chr(ord("A") + choices.index(wanted))
        return read_choice(answer)

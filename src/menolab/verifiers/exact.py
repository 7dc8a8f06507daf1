"""Equal as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.plain import plain


@dataclass(frozen=True)
class Exact(AnswerVerifier):
    """Right if the answer equals the gold as text, after white space, emphasis, dollar signs and case are taken off."""

    kinds: ClassVar[tuple[str, ...]] = ("text",)
    case: bool = False
    """Whether capitals matter."""

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        found, gold = plain(answer), plain(problem.answer)
        if not gold:
            return undecided("gold", "nothing is left of the gold answer to compare with", answer)
        if found == gold or (not self.case and found.casefold() == gold.casefold()):
            return right("compare", "equal as text", answer)
        return wrong("compare", "not equal as text", answer)

    def readable(self, answer: str) -> bool:
        """Whether anything is left of the gold answer to compare with."""
        return bool(plain(answer)) and len(answer) <= self.longest

"""What verifiers of final answers share: find the answer, bound its length, judge it."""

from __future__ import annotations

import abc
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from menolab.records import Problem, Verdict, undecided, wrong
from menolab.verifiers.extract import extract
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class AnswerVerifier(Verifier):
    """A verifier that looks at the final answer alone. Its leaves say how an answer is judged."""

    strict: bool = False
    """Accept exactly one pair of answer tags and nothing else; otherwise boxes, "####" and "answer is" count too."""
    longest: ClassVar[int] = 2000
    """Characters of the longest answer that is looked at, so that a verdict never takes long."""

    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response. Nothing extracted is wrong at stage "extract"."""
        found = extract(text, strict=self.strict)
        if found.answer is None:
            return wrong("extract", found.reason)
        if len(found.answer) > self.longest:
            return wrong("extract", f"the answer is longer than {self.longest} characters", found.answer[: self.longest])
        return self.judge(problem, found.answer)

    @abc.abstractmethod
    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""

    def strictly(self) -> Verifier:
        """The same with `strict`."""
        return replace(self, strict=True)


class Unreadable(ValueError):
    """The text does not write what it should."""


@dataclass(frozen=True)
class DataVerifier(AnswerVerifier):
    """A verifier that reads the gold and the answer in one way, and compares what it has read."""

    @abc.abstractmethod
    def read(self, text: str) -> Any:
        """What a text writes.

        Raises:
            Unreadable: why it writes nothing.
        """

    @abc.abstractmethod
    def compare(self, gold: Any, found: Any, answer: str) -> Verdict:
        """The verdict on what was read from `answer`."""

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        try:
            gold = self.read(problem.answer)
        except Unreadable as error:
            return undecided("gold", f"the gold answer cannot be read: {error}", answer)
        try:
            found = self.read(answer)
        except Unreadable as error:
            return wrong("parse", str(error), answer)
        return self.compare(gold, found, answer)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer can be read and is not empty."""
        try:
            return len(answer) <= self.longest and bool(self.read(answer))
        except Unreadable:
            return False

"""What a verifier is: problem and text in, verdict out."""

from __future__ import annotations

import abc
from typing import ClassVar

from menolab.pieces import Piece
from menolab.records import Problem, Verdict


class Verifier(Piece):
    """Is this response right? Never evaluates text as code, never hangs, works from any thread, and says "undecided" when it cannot tell."""

    kinds: ClassVar[tuple[str, ...]] = ()
    """Other names by which a row of `meno grade` may ask for it."""
    golds: ClassVar[tuple[type, ...]] = (str, int, float)
    """What the gold of such a row may be in JSON; empty: no gold is looked at, the problem's facts say what is right."""

    @abc.abstractmethod
    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response (thinking and answer)."""

    def check(self, problem: Problem, where: str) -> None:
        """Raise `BadInput`, named by `where`, if the problem's facts lack what this verifier needs; a user's file is refused where they do."""
        return

    def readable(self, answer: str) -> bool:
        """Whether `answer` is a gold answer that this verifier can compare with; a user's file is refused where it is not."""
        return True

    def strictly(self) -> Verifier:
        """The same verifier as rewards want it: exactly one answer in the asked form. Itself where there is no such difference."""
        return self

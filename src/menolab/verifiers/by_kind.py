"""A letter, a number or a word, as each problem says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem, Verdict, undecided
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.choice import MultipleChoice
from menolab.verifiers.exact import Exact
from menolab.verifiers.numeric import Numeric

_JUDGES = {"choice": MultipleChoice(), "number": Numeric(), "text": Exact()}


@dataclass(frozen=True)
class ByKind(AnswerVerifier):
    """For benchmarks of several kinds: `facts["kind"]` is "choice" (see `MultipleChoice`), "number" (see `Numeric`) or "text" (see `Exact`).

    Without that fact a gold that is a letter or a number says so itself, and any other is undecided.
    """

    kinds: ClassVar[tuple[str, ...]] = ("by_kind",)

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict of the problem's kind on an extracted answer."""
        judge = _JUDGES.get(str(problem.facts.get("kind", _told(problem.answer))))
        return judge.judge(problem, answer) if judge else undecided("gold", f"the fact kind is none of {', '.join(_JUDGES)}", answer)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer tells its kind."""
        return len(answer) <= self.longest and _told(answer) is not None


def _told(gold: str) -> str | None:
    return next((kind for kind in ("choice", "number") if _JUDGES[kind].readable(gold)), None)

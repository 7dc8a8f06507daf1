"""Who is a knight and who is a knave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier

KNIGHT, KNAVE = "knight", "knave"

_ROLE = re.compile(r"\b(?:knights?|knaves?)\b", re.IGNORECASE)
_CLAIM = re.compile(
    r"\b(?!(?:not|never|either|neither|or|and|(?-i:an?))\b)([^\W\d_][\w'-]{0,40})[ \t]*(?:is|:|=|->|-)?[ \t]*(?:an?[ \t]+)?(knight|knave)\b",
    re.IGNORECASE,
)  # "a" is no name, "A" is
_EMPHASIS = re.compile(r"[*`$]|\\(?:text|textbf|mathrm|mathbf)\b|[{}]")


class Unreadable(ValueError):
    """The text does not say who is what."""


def read_assignment(text: str) -> dict[str, bool]:
    """Name in lower case -> True for a knight, False for a knave.

    Reads "(1) Zoey is a knight (2) Bob is a knave" in any order and layout, "Zoey: knight", "Zoey = knave", "Zoey knight". Each person is named
    once; every mention of a role must belong to such a clause, so that "Zoey is not a knight" or "either a knight or a knave" says nothing.

    Raises:
        Unreadable: with the reason.
    """
    text = _EMPHASIS.sub("", text)
    claims = _CLAIM.findall(text)
    if not claims:
        raise Unreadable("names nobody a knight or a knave")
    if len(claims) != len(_ROLE.findall(text)):
        raise Unreadable("holds a clause that is not of the form \"NAME is a knight\"")
    found: dict[str, bool] = {}
    for name, role in claims:
        if name.casefold() in found:
            raise Unreadable(f"names {name[:40]} twice")
        found[name.casefold()] = role.casefold() == KNIGHT
    return found


@dataclass(frozen=True)
class Assignment(AnswerVerifier):
    """Right if the answer gives every person of a Knights-and-Knaves puzzle the right role, each exactly once.

    Reads `facts["names"]` and `facts["solution"]` (True = knight); without them the gold answer is read the same way as the response.
    Source: the answer format of Logic-RL (arXiv:2502.14768, section 2).
    """

    kinds: ClassVar[tuple[str, ...]] = ("knights_knaves", "knights_and_knaves", "kk")
    longest: ClassVar[int] = 5000

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        try:
            gold = _gold(problem)
        except ValueError as error:
            return undecided("gold", f"the gold answer {error}", answer)
        try:
            found = read_assignment(answer)
        except Unreadable as error:
            return wrong("parse", str(error), answer)
        if found.keys() != gold.keys():
            missing, strange = sorted(gold.keys() - found.keys()), sorted(found.keys() - gold.keys())
            return wrong("names", f"says nothing of {', '.join(missing)}" if missing else f"speaks of {', '.join(strange)}", answer)
        mistaken = sum(found[name] != gold[name] for name in gold)
        if mistaken:
            return wrong("compare", f"{mistaken} of {len(gold)} persons mistaken", answer)
        return right("compare", "everyone's role is right", answer)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer gives roles to persons."""
        try:
            return len(answer) <= self.longest and bool(read_assignment(answer))
        except Unreadable:
            return False


def _gold(problem: Problem) -> dict[str, bool]:
    names, solution = problem.facts.get("names"), problem.facts.get("solution")
    if names is None or solution is None:
        return read_assignment(problem.answer)
    if not isinstance(names, (list, tuple)) or not isinstance(solution, (list, tuple)) or len(names) != len(solution):
        raise Unreadable("has not one role a name")
    if not all(role in (True, False) for role in solution):  # bool("knave") is true
        raise Unreadable("has a role that is neither true (knight) nor false")
    return {str(name).casefold(): bool(role) for name, role in zip(names, solution, strict=True)}

"""What verifiers of final answers share."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.records import Problem, Verdict, right, wrong
from menolab.verifiers.answer import DataVerifier, Unreadable


@dataclass(frozen=True)
class Counts(DataVerifier):
    """Reads a number of letters a."""

    def read(self, text: str) -> int:
        if set(text) - {"a"}:
            raise Unreadable("not only a")
        return len(text)

    def compare(self, gold: int, found: int, answer: str) -> Verdict:
        return right("compare", "as many", answer) if gold == found else wrong("compare", f"{found}, not {gold}", answer)


def test_a_gold_that_cannot_be_read_is_undecided_and_an_answer_is_wrong() -> None:
    def verdict(gold: str, answer: str) -> tuple[str, str, str]:
        found = Counts()(Problem("p", "", "", gold), f"<answer>{answer}</answer>")
        return found.label, found.stage, found.reason

    assert verdict("aa", "aa")[:2] == ("right", "compare") and verdict("aa", "a") == ("wrong", "compare", "1, not 2")
    assert verdict("b", "aa") == ("undecided", "gold", "the gold answer cannot be read: not only a")
    assert verdict("aa", "b") == ("wrong", "parse", "not only a")
    assert Counts().readable("aa") and not Counts().readable("") and not Counts().readable("b") and not Counts().readable("a" * 3000)
    assert Counts().strictly() == Counts(strict=True)

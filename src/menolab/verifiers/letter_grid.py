"""Grids of letters: crosswords."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier

_FILLER = re.compile(r"[\s,;|.`\"'\[\]]+")


@dataclass(frozen=True)
class LetterGrid(AnswerVerifier):
    """Right if the answer spells the gold's letters row by row, whatever separates them; the reason counts letters and words that agree.

    A word is a row or a column, as in Tree of Thoughts' success rates of letters, words and games (arXiv:2305.10601, section 4.3).
    """

    kinds: ClassVar[tuple[str, ...]] = ("letter_grid", "crossword")
    partial: bool = False
    """Whether a wrong grid of the right size scores the share of its letters that agree; otherwise 0."""

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer. The gold's lines are its rows."""
        rows = problem.answer.split()
        if not _is_grid(rows):
            return undecided("gold", "the gold answer is no grid of letters", answer)
        found = _FILLER.sub("", answer).upper()
        gold, width = "".join(rows).upper(), len(rows[0])
        if not found.isalpha() or len(found) != len(gold):
            return wrong("parse", f"not {len(rows)} rows of {width} letters", answer)
        letters = sum(a == b for a, b in zip(found, gold, strict=True))
        lines = [slice(i, i + width) for i in range(0, len(gold), width)] + [slice(i, None, width) for i in range(width)]
        words = sum(found[line] == gold[line] for line in lines)
        said = f"{letters} of {len(gold)} letters, {words} of {len(lines)} words"
        if letters == len(gold):
            return right("compare", said, answer)
        return wrong("compare", said, answer, letters / len(gold) if self.partial else 0.0)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer is lines of as many letters each."""
        return len(answer) <= self.longest and _is_grid(answer.split())


def _is_grid(rows: list[str]) -> bool:
    return bool(rows) and all(len(row) == len(rows[0]) and row.isalpha() for row in rows)

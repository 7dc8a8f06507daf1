"""Is it right? Asked of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.engine import Engine
from menolab.judges.judge import Judge, fill, question_keys, regroup
from menolab.judges.two_words import TwoWords
from menolab.keys import Key
from menolab.records import Group, Opinion

QUESTION = "{problem}\nreference: {reference}\nanswer: {answer}\nis it right? 1 or 0: "


@dataclass(frozen=True)
class Grader(Judge):
    """Asks of every response whether it is right.

    Su et al. 2025, "Crossing the Reward Bridge", arXiv:2503.23829, with the reference in the question; Shi and Jin 2025 (Heimdall), arXiv:2504.10337,
    without it and after thinking.
    """

    catalogue = "soft-reward-rlvr"
    paper = "arXiv:2503.23829"

    model: str = ""
    question: str = QUESTION
    """With {problem}, {reference}, {response} and {answer}."""
    words: TwoWords = TwoWords()

    def __call__(self, engine: Engine, groups: Sequence[Group], key: Key) -> list[list[Opinion]]:
        questions = [fill(self.question, group.problem, r) for group in groups for r in group.rollouts]
        return regroup(self.words(engine, questions, question_keys(groups, key)), groups)

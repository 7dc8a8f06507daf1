"""Coin flip: the state after four people flipped a coin or did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import text_of
from menolab.tasks.question_file import QuestionFile
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class CoinFlip(QuestionFile):
    """500 questions: four people flip a coin or do not; is it still heads up?

    Reads the columns question and answer (yes or no). Prompt: the question and how to answer. Checked: all golds are the parity of the flips.
    Source: Wei et al. 2022, "Chain-of-Thought Prompting" (arXiv:2201.11903), section 5; the file of Kojima et al. 2022 (arXiv:2205.11916), whose
    repository states no licence.
    """

    paper = "arXiv:2201.11903"
    kind: ClassVar[str] = "coin_flip"
    source: ClassVar[str] = "kojima-takeshi188/zero_shot_cot @ 5ef330fcdeec0cd26aee27943504f91f8ec1c33c"
    licence: ClassVar[str] = "none stated"
    columns: ClassVar[tuple[str, ...]] = ("question", "answer")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Every question begins with the same words."""
        return super().recognises(row, path) and str(row["question"]).startswith("A coin is heads up.")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no question, or an answer other than yes and no.
        """
        answer = text_of(row, "answer", where).strip().lower()
        if answer not in ("yes", "no"):
            raise BadInput(f"{where}: answer", row["answer"], "must be yes or no")
        return self.posed(text_of(row, "question", where), answer, "yes or no", "text")

"""Last letters: spell with the ends of four names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import text_of
from menolab.tasks.question_file import QuestionFile
from menolab.tasks.rows import Row

_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True)
class LastLetters(QuestionFile):
    """500 questions: take the last letters of four names and join them.

    Reads the columns question and answer. Prompt: the question and how to answer. Known defects: in 15 rows a name has two words ("Jose Antonio"), and the
    gold counts it once although the question asks for "each words" ("Ira Paola Jose Antonio Maria" has the gold "aaoa"); the gold stands, with the fact
    "words" (how many there are) beside it.
    Source: Wei et al. 2022, "Chain-of-Thought Prompting" (arXiv:2201.11903), section 5; the file of Kojima et al. 2022 (arXiv:2205.11916), whose
    repository states no licence.
    """

    paper = "arXiv:2201.11903"
    kind: ClassVar[str] = "last_letters"
    source: ClassVar[str] = "kojima-takeshi188/zero_shot_cot @ 5ef330fcdeec0cd26aee27943504f91f8ec1c33c"
    licence: ClassVar[str] = "none stated"
    columns: ClassVar[tuple[str, ...]] = ("question", "answer")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Every question begins with the same words."""
        return super().recognises(row, path) and str(row["question"]).startswith("Take the last letters of each words in")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no quoted names in the question, or an answer that is not letters.
        """
        question, answer = text_of(row, "question", where), text_of(row, "answer", where).strip()
        names = _QUOTED.search(question)
        if names is None:
            raise BadInput(f"{where}: question", question, "must hold the names in double quotes")
        if not answer.isalpha():
            raise BadInput(f"{where}: answer", answer, "must be letters")
        return self.posed(question, answer, "the letters in order, without spaces,", "text", {"words": len(names.group(1).split())})

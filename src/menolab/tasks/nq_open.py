"""NQ-open: questions that people asked a search engine, with short answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from menolab.records import Problem, Verdict
from menolab.tasks.published import text_of, texts_of
from menolab.tasks.question_file import QuestionFile
from menolab.tasks.rows import Row
from menolab.verifiers.short_answer import ShortAnswer
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class NQOpen(QuestionFile):
    """3,610 questions of the development set, closed book. Right is an answer that equals one of the golds after SQuAD's normalisation.

    Reads the columns question and answer (a list; 1,534 rows have more than one gold). The answer is the first gold that has a word, the fact "accepted"
    lists all. Prompt: the question, the question mark that the file lacks, and how to answer; no passage is given.
    Known defects, left as published: the golds of lines 291 and 364 are "---" and ")", of which normalisation leaves nothing, so their verdicts are
    undecided; so it is with "A+" (line 1151) and "*" (line 2721), beside which another gold stands. Many right answers are not among the golds (Kamalloo
    et al. 2023, arXiv:2305.06984), and answers that change with time are those of 2018.
    Source: Lee et al. 2019 (arXiv:1906.00300), from Kwiatkowski et al. 2019, "Natural Questions".
    """

    paper = "arXiv:1906.00300"
    kind: ClassVar[str] = "nq-open"
    source: ClassVar[str] = "google-research-datasets/natural-questions @ fb26a3073b1fe636c97302890a27b491d6530130"
    licence: ClassVar[str] = "Apache-2.0"
    columns: ClassVar[tuple[str, ...]] = ("question", "answer")

    path: str = "hub:google-research-datasets/nq_open:validation"
    verifier: Verifier = ShortAnswer()

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """A question, a list of golds, and nothing else."""
        return set(row) == set(cls.columns) and isinstance(row["answer"], list)

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no question, or an answer that is no list of texts.
        """
        golds = texts_of(row, "answer", where)
        question = text_of(row, "question", where).strip()
        answer = next((gold for gold in golds if self.verifier.readable(gold)), golds[0])
        return self.posed(question if question.endswith("?") else f"{question}?", answer, "a short answer", "text", {"accepted": golds})

    def verify(self, problem: Problem, text: str) -> Verdict:
        """The best of the verdicts against each gold; a gold that cannot be compared with decides only where no other can."""
        verdicts = [self.verifier(replace(problem, answer=gold), text) for gold in problem.facts["accepted"]]
        return max(verdicts, key=lambda verdict: (verdict.right, verdict.label == "wrong", verdict.score))

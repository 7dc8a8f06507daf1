"""LogicBench: one rule of inference a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.file import read_once
from menolab.tasks.published import located_problems, text_of
from menolab.tasks.question_file import QuestionFile
from menolab.tasks.rows import Located, Row


@dataclass(frozen=True)
class LogicBench(QuestionFile):
    """1,520 questions with yes or no about 500 stories, each testing one rule of propositional, first-order or non-monotonic logic (25 rules).

    Reads one file or the folder of all rules (BQA of the evaluation set): type, axiom, and samples with id, context and qa_pairs; every pair is a problem.
    Prompt: the story, the question, how to answer. Known defects: 1,000 of the 1,520 golds are "no", so that always saying no scores 65.8%.
    Source: Parmar et al. 2024, "LogicBench" (arXiv:2404.15522).
    """

    paper = "arXiv:2404.15522"
    kind: ClassVar[str] = "logicbench"
    source: ClassVar[str] = "Mihir3009/LogicBench @ c014153303c98de4d5f09d41c3a235cd869be5c8"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("type", "axiom", "context", "qa_pairs")

    def located(self) -> tuple[tuple[str, Problem], ...]:
        return read_once(self.path, self, _questions)

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of one pair of a row.

        Raises:
            BadInput: no story, no question, an answer other than yes and no.
        """
        pair = row["qa_pairs"]
        context, question, answer = text_of(row, "context", where), text_of(pair, "question", where), text_of(pair, "answer", where).strip().lower()
        if answer not in ("yes", "no"):
            raise BadInput(f"{where}: answer", pair["answer"], "must be yes or no")
        facts = {"logic": text_of(row, "type", where), "rule": text_of(row, "axiom", where)}
        return self.posed(f"{context.strip()}\n{question.strip()}", answer, "yes or no", "text", facts)


def _questions(task: LogicBench, rows: tuple[Located, ...]) -> tuple[tuple[str, Problem], ...]:
    single: list[Located] = []
    for where, row in rows:
        pairs = row.get("qa_pairs")
        if not isinstance(pairs, list) or not pairs or not all(isinstance(pair, dict) for pair in pairs):
            raise BadInput(f"{where}: qa_pairs", pairs, "must be a list of objects with question and answer")
        single += [(f"{where} question {number}", {**row, "qa_pairs": pair}) for number, pair in enumerate(pairs, 1)]
    return located_problems(task, tuple(single))

"""PrOntoQA: chains of deduction over invented kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.published import texts_of
from menolab.tasks.question_file import LogicLMFile
from menolab.tasks.rows import Row
from menolab.verifiers.extract import response


@dataclass(frozen=True)
class ProntoQA(LogicLMFile):
    """500 questions of five hops over fictional kinds ("Each yumpus is a dumpus"): is a statement true or false?

    Reads the columns id, context, question, options, answer and explanation, as Logic-LM repacked it. Prompt: context, question, options and how to answer.
    The explanation, a proof of the statement or of its negation, is the demonstration. Checked: all 500 golds follow from the last line of their proofs.
    Source: Saparov and He 2023, "Language Models Are Greedy Reasoners" (arXiv:2210.01240); Pan et al. 2023, "Logic-LM" (arXiv:2305.12295).
    """

    paper = "arXiv:2210.01240"
    kind: ClassVar[str] = "prontoqa"
    source: ClassVar[str] = "teacherpeterpan/Logic-LLM @ d29f1e5e7203e8826cb9c41ba3003e43dc0b9d34"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("id", "context", "question", "options", "answer", "explanation")
    styles: ClassVar[tuple[str, ...]] = ("proof",)

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """The ids begin with the benchmark's name."""
        return super().recognises(row, path) and str(row["id"]).startswith("ProntoQA_")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row. Raises `BadInput` as `LogicLMFile.repacked` does."""
        problem = self.repacked(row, where)
        return Problem(problem.id, problem.task, problem.prompt, problem.answer, 0.0, {**problem.facts, "proof": texts_of(row, "explanation", where)})

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """The published proof, then the letter."""
        text = response("\n".join(problem.facts["proof"]), problem.answer)
        return Demonstration(text, "proof")

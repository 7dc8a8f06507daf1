"""Logical deduction: the order of three, five or seven things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.question_file import LogicLMFile
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class LogicalDeduction(LogicLMFile):
    """300 questions about the order of three (60), five (100) or seven (140) things, one option of as many true.

    Reads the columns id, context, question, options and answer, as Logic-LM repacked BIG-bench's task. Prompt: context, question, options and how to answer.
    Known defects: the puzzles are BIG-bench's, and so are those of BBH's logical_deduction_* files: 154 of the 300 paragraphs stand word for word in BBH's
    files of three and five things, so the two are not independent measurements.
    Source: Srivastava et al. 2022, BIG-bench (arXiv:2206.04615); Pan et al. 2023, "Logic-LM" (arXiv:2305.12295).
    """

    paper = "arXiv:2206.04615"
    kind: ClassVar[str] = "logical_deduction"
    source: ClassVar[str] = "teacherpeterpan/Logic-LLM @ d29f1e5e7203e8826cb9c41ba3003e43dc0b9d34"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("id", "context", "question", "options", "answer")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """The ids begin with the benchmark's name."""
        return super().recognises(row, path) and str(row["id"]).startswith("logical_deduction_")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row, its difficulty the number of things. Raises `BadInput` as `LogicLMFile.repacked` does."""
        problem = self.repacked(row, where)
        return Problem(problem.id, problem.task, problem.prompt, problem.answer, float(len(problem.facts["choices"])), problem.facts)

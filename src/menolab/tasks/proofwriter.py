"""ProofWriter: facts and rules in plain English, open world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.question_file import LogicLMFile
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class ProofWriter(LogicLMFile):
    """600 questions of the open-world sets of depth 5: is a statement true, false or unknown, given facts and rules? 200 of each answer.

    Reads the columns id, context, question, options and answer, as Logic-LM repacked a subset of the test split. Prompt: context, question, options and how
    to answer; right is the letter or the option's word. Known defects: none met in the 600 rows; no proofs are published with them.
    Source: Tafjord et al. 2021, "ProofWriter" (arXiv:2012.13048); Pan et al. 2023, "Logic-LM" (arXiv:2305.12295).
    """

    paper = "arXiv:2012.13048"
    kind: ClassVar[str] = "proofwriter"
    source: ClassVar[str] = "teacherpeterpan/Logic-LLM @ d29f1e5e7203e8826cb9c41ba3003e43dc0b9d34"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("id", "context", "question", "options", "answer")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """The ids begin with the benchmark's name."""
        return super().recognises(row, path) and str(row["id"]).startswith("ProofWriter_")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row. Raises `BadInput` as `LogicLMFile.repacked` does."""
        return self.repacked(row, where)

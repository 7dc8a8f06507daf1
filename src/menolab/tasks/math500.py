"""MATH-500: the usual small test set of MATH."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.math_benchmark import level
from menolab.tasks.mathematics import MathematicsFile, gold_of, question_of
from menolab.tasks.published import stem
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class Math500(MathematicsFile):
    """500 problems of the MATH test split, under the ids that `MathBenchmark` gives them.

    Reads problem, answer and unique_id ("test/algebra/1.json"), with subject and level where given; or prompt and final_answer of a file that is
    called math500. Prompt: the problem and "Please reason step by step, ... \\boxed{}".
    Known defects: those of MATH. Five golds are words ("\\text{Evelyn}").
    Source: Lightman et al. 2023, "Let's Verify Step by Step" (arXiv:2305.20050), of MATH (arXiv:2103.03874).
    """

    paper = "arXiv:2305.20050"
    kind: ClassVar[str] = "math500"
    source: ClassVar[str] = "hkust-nlp/simpleRL-reason @ cf1c7858bfc145a27aa733e75d930d34f0d318a6"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ()

    path: str = "hub:HuggingFaceH4/MATH-500:test"

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """A unique_id of MATH's own form, or the name of the file."""
        if {"problem", "answer", "unique_id"} <= set(row):
            return str(row["unique_id"]).startswith(("test/", "train/"))
        return {"prompt", "final_answer"} <= set(row) and "math500" in stem(path)

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no problem or no answer.
        """
        facts = {"subject": str(row["subject"])} if "subject" in row else {}
        rank = level(row.get("level", row.get("difficulty")))
        solution = row.get("solution")
        question, gold = question_of(row, where, "problem", "prompt"), gold_of(row, where, "answer", "final_answer")
        return self.posed(question, gold, difficulty=rank, facts=facts, solution=solution if isinstance(solution, str) else "")

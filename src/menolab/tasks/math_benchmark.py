"""MATH: competition problems with worked solutions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.mathematics import MathematicsFile, boxed_gold, gold_of
from menolab.tasks.published import text_of
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class MathBenchmark(MathematicsFile):
    """12,500 competition problems in seven subjects and five levels (the difficulty); the gold is the last box of the worked solution.

    Reads the columns problem, level, type and solution (the original, as ToRA ships the 5,000 of the test split), or problem, answer, difficulty and type
    (rLLM's train split). Prompt: the problem and "Please reason step by step, ... \\boxed{}".
    Known defects: eight test solutions box two things side by side: idx 414, 2703, 2716, 2912 and 4860 are two parts of the answer ("$\\boxed{-2}$ and
    $\\boxed{1}$"), 3341, 3628 and 4258 one value in two forms. The benchmark grades by the last one alone, and so does this task, with the fact
    "ambiguous". Many figures exist only as Asymptote code. In rLLM's train split four golds are null or empty (these rows
    are left out), two cannot be read (rows 5113, 6769), and row 958 repeats 924.
    Source: Hendrycks et al. 2021, "Measuring Mathematical Problem Solving With the MATH Dataset" (arXiv:2103.03874).
    """

    paper = "arXiv:2103.03874"
    kind: ClassVar[str] = "math"
    source: ClassVar[str] = "microsoft/ToRA @ 213c1c995038c73fab10343814df7a42f990f026"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("problem", "type")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """A level and a worked solution, or a difficulty and a subject."""
        return super().recognises(row, path) and ({"level", "solution"} <= set(row) or {"answer", "difficulty"} <= set(row)) and "problem_idx" not in row

    def problem(self, row: Row, where: str) -> Problem | None:
        """The problem of a row; None where the file has null or nothing for an answer.

        Raises:
            BadInput: no problem, no box in the solution.
        """
        question, subject = text_of(row, "problem", where), text_of(row, "type", where)
        if "solution" in row:
            gold, facts = boxed_gold(row, "solution", where)
            return self.posed(question, gold, difficulty=level(row.get("level")), facts={"subject": subject, **facts}, solution=row["solution"])
        if row.get("answer", 0) in (None, ""):
            return None
        return self.posed(question, gold_of(row, where, "answer"), difficulty=level(row.get("difficulty")), facts={"subject": subject})


def level(value: object) -> float:
    """The number of "Level 3", of 3 and of 3.0; 0 where there is none ("Level ?" occurs)."""
    found = re.search(r"\d+", str(value))
    return float(found.group()) if found else 0.0

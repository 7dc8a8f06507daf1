"""Minerva Math: undergraduate science problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.mathematics import MathematicsFile, boxed_gold
from menolab.tasks.published import text_of
from menolab.tasks.rows import Row
from menolab.verifiers.math.rules import Rules
from menolab.verifiers.math.verifier import Math
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class Minerva(MathematicsFile):
    """272 problems of MIT OpenCourseWare in physics, chemistry, astronomy and economics; the gold is the box in the worked solution.

    Reads problem, solution, type (the course) and idx. Many golds are rounded measurements, so numbers within 1 % of the gold are right, as
    evaluations of these courses' problems usually have it; expressions are compared exactly. Prompt: the problem and "Please reason step by step, ...
    \\boxed{}".
    Known defects: golds are typed in the habits of their courses ("3e8", "-1./3", words; idx 5 has "np.arcsin(10/13)", which is read as \\arcsin(10/13));
    a unit or sign that the problem asks for is
    often missing in the box. Several problems are sub-questions of one exercise and begin with the same preamble. rLLM's copy has an answer field that
    differs from the box in 42 of 272 rows (most hold another row's answer): the box is read there too.
    Source: Lewkowycz et al. 2022, "Solving Quantitative Reasoning Problems with Language Models" (arXiv:2206.14858).
    """

    paper = "arXiv:2206.14858"
    kind: ClassVar[str] = "minerva"
    source: ClassVar[str] = "hkust-nlp/simpleRL-reason @ cf1c7858bfc145a27aa733e75d930d34f0d318a6"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("problem", "solution", "type", "idx")

    verifier: Verifier = Math(Rules(tolerance=0.01))

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """A worked solution and a course, but no level, which would be MATH's."""
        return super().recognises(row, path) and "level" not in row

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no problem, no box in the solution.
        """
        gold, facts = boxed_gold(row, "solution", where)
        gold = gold.replace("np.arcsin", "\\arcsin")  # of the row with idx 5
        return self.posed(text_of(row, "problem", where), gold, facts={"subject": text_of(row, "type", where), **facts}, solution=row["solution"])

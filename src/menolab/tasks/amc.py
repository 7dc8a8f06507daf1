"""AMC: competition problems with their choices taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.aime import contest_name, is_contest
from menolab.tasks.mathematics import MathematicsFile, gold_of, question_of
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class AMC(MathematicsFile):
    """Problems of the American Mathematics Competitions 12 of 2022 and 2023, reworded so that the answer is a number.

    Reads problem, question or prompt, and answer; the file is told by its name, its links or its source. Golds that a file format made 142.0 are
    142. Results are listed under the file's name. Prompt: the problem and "Please reason step by step, ... \\boxed{}".
    Known defects: "AMC" is 40 problems of 2023 (amc23) or 83 of 2022 and 2023 in different papers: compare like with like. The rewording is not the
    organisers'. Some problems need a figure that is absent.
    Source: Mathematical Association of America; copies as in `source`.
    """

    catalogue = "amc"
    kind: ClassVar[str] = "amc"
    source: ClassVar[str] = "hkust-nlp/simpleRL-reason @ cf1c7858bfc145a27aa733e75d930d34f0d318a6; Unakar/Logic-RL @ 9d2c457525ec14639e85afa12d49bb16efb053a4"
    licence: ClassVar[str] = "MIT (simpleRL-reason); Apache-2.0 (Logic-RL)"
    columns: ClassVar[tuple[str, ...]] = ()

    @property
    def name(self) -> str:
        return contest_name(self.kind, self.path)

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """By the file's name, the links to the papers, or the source."""
        return is_contest(row, path, "amc")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no problem or no answer.
        """
        gold = gold_of(row, where, "answer", "final_answer").removesuffix(".0")
        return self.posed(question_of(row, where, "problem", "question", "prompt"), gold)

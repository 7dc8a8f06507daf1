"""MathIF: mathematical questions with instructions that a program can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.constrained import ConstrainedFile
from menolab.tasks.published import answer_of, text_of, texts_of
from menolab.tasks.rows import Row

STEPS = "Let's think step by step and output the final answer within \\boxed{}."
"""What the authors' code (vllm_core.py) puts between question and instructions, without a blank on either side."""


@dataclass(frozen=True)
class MathIF(ConstrainedFile):
    """420 questions of GSM8K, MATH-500, Minerva, OlympiadBench and AIME, with one to three instructions each. The verdict is of the instructions alone.

    Right is a response that follows all of them (hard accuracy), the score is the share (soft accuracy). The mathematical gold judges nothing here: it is
    the fact "gold", for who wants correctness too. Reads question, answer, constraint_desc, constraint_name and constraint_args; the file says how many
    instructions (single, double, triple). Prompt: the authors', without a separator: the question, "Let's think step by step and output the final answer
    within \\boxed{}.", the instructions with blanks between.
    Known defects, left as published: the GSM8K questions themselves end in 'output the final answer after "####"', against the box; four prompts forbid
    commas and want a request repeated that has some; the published ids repeat from file to file; both rows of toy.jsonl stand in math500_single.jsonl too.
    The authors' own repository holds only toy.jsonl, so the checked copy of the others is from a fork.
    Source: Fu et al. 2025, "Scaling Reasoning, Losing Control" (arXiv:2505.14810); code: TingchenFu/MathIF.
    """

    paper = "arXiv:2505.14810"
    kind: ClassVar[str] = "mathif"
    source: ClassVar[str] = (
        "TzWng/MathIF @ 1860ed510d2fcd068a36669fb1ff9228071f7def; toy.jsonl: TingchenFu/MathIF @ 0f92ee5c9435f7329e3e508b8c8ec56e890eaa70"
    )
    licence: ClassVar[str] = "MIT (said in its README)"
    columns: ClassVar[tuple[str, ...]] = ("question", "answer", "constraint_desc", "constraint_name", "constraint_args")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no question, no answer, instructions that cannot be read, or not as many descriptions as instructions.
        """
        described = texts_of(row, "constraint_desc", where)
        prompt = text_of(row, "question", where) + STEPS + " ".join(described)
        facts = {"gold": answer_of(row, "answer", where), **({"published_id": str(row["id"])} if "id" in row else {})}
        problem = self.asked(prompt, row, "constraint_name", "constraint_args", where, facts)
        if len(described) != problem.difficulty:
            raise BadInput(f"{where}: constraint_desc", described, "must be as many texts as constraint_name has names")
        return problem

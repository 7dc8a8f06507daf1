"""IFEval: prompts with instructions that a program can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.constrained import ConstrainedFile
from menolab.tasks.published import text_of
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class IFEval(ConstrainedFile):
    """541 prompts with one to three of 25 kinds of instructions. Right is a response that follows all of them: prompt-level accuracy, strict.

    Reads the columns key, prompt, instruction_id_list and kwargs. Prompt: as published, nothing added. There is no gold; the score is the share of the
    instructions that is followed, and ``verifier=Constraints(loose=True)`` gives the loose accuracy.
    Known defects, left as published (key): 2078 asks for exactly one bullet point and for a few; 337 asks for 400 words where 336 are checked; 30 has the
    quotation marks twice, and its small letters are not checked. Rows from the Hub hold null for every setting of another kind, which counts as absent.
    Source: Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models" (arXiv:2311.07911).
    """

    paper = "arXiv:2311.07911"
    kind: ClassVar[str] = "ifeval"
    source: ClassVar[str] = "josejg/instruction_following_eval @ 0c495b2f95155e8b10acb919ae283bfb4d5be6e2"
    licence: ClassVar[str] = "Apache-2.0"
    columns: ClassVar[tuple[str, ...]] = ("prompt", "instruction_id_list", "kwargs")

    path: str = "hub:google/IFEval:train"

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no prompt, or instructions that cannot be read.
        """
        facts = {"published_id": str(row["key"])} if "key" in row else {}
        return self.asked(text_of(row, "prompt", where), row, "instruction_id_list", "kwargs", where, facts)

"""HumanEval: functions to complete from their docstrings."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.programs import COMPLETE, ProgramFile, defined, fenced, parsed
from menolab.tasks.published import text_of
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class HumanEval(ProgramFile):
    """164 Python functions with signature and docstring, checked by assertions.

    Reads prompt, canonical_solution (a body), test (a function check(candidate)) and entry_point. Prompt: "Complete the following Python function. ..." and
    the signature in a block of code. A response may be the whole function or the body alone: the signature is put before it.
    Known defects: few tests a problem, so that wrong programs pass (see HumanEvalPlus); HumanEval/32 checks by the helper ``poly`` that only its prompt
    defines.
    Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code" (arXiv:2107.03374).
    """

    paper = "arXiv:2107.03374"
    kind: ClassVar[str] = "humaneval"
    source: ClassVar[str] = "openai/human-eval @ 6d43fb980f9fee3c892a914eda09951f772ad10d"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("task_id", "prompt", "canonical_solution", "test", "entry_point")

    path: str = "hub:openai/openai_humaneval:test"

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: a missing text, or a solution that does not define the entry point.
        """
        prompt, body, entry = (text_of(row, field, where) for field in ("prompt", "canonical_solution", "entry_point"))
        solution = f"{prompt.rstrip()}\n{body.strip(chr(10))}"
        if entry not in defined(parsed(solution, f"{where}: canonical_solution")):
            raise BadInput(f"{where}: entry_point", entry, "the prompt and the canonical solution do not define it")
        before = "" if _unfinished(prompt) else prompt
        facts = {"tests": [f"{text_of(row, 'test', where)}\ncheck({entry})"], "prelude": before, "prefix": before, "entry": entry}
        return self.posed(prompt, fenced(COMPLETE, prompt), solution, {**facts, "task_id": text_of(row, "task_id", where)})


def _unfinished(code: str) -> bool:
    """Whether code wants a body: a signature without a docstring."""
    try:
        ast.parse(code)
    except SyntaxError:
        return True
    return False

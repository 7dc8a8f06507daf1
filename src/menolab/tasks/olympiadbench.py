"""OlympiadBench: olympiad problems in English with final answers, text only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.mathematics import MathematicsFile
from menolab.tasks.published import text_of, texts_of
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class OlympiadBench(MathematicsFile):
    """The open-ended, English, text-only mathematics of OlympiadBench (OE_TO_maths_en_COMP): 675 questions, some with several answers.

    Reads question, final_answer (a list of one text; several answers stand in it with commas between them), answer_type, is_multiple_answer, unit and
    error. Several answers may come in any order; a missing unit is no fault. A context, where there is one, stands before the question. Prompt: the
    question and "Please reason step by step, ... \\boxed{}".
    Known defects: some questions ask for "all" solutions that only the worked solution lists in full; one gold has an absolute error of 0.1 allowed,
    which is not used: it asks for one decimal place.
    Source: He et al. 2024, "OlympiadBench" (arXiv:2402.14008).
    """

    paper = "arXiv:2402.14008"
    kind: ClassVar[str] = "olympiadbench"
    source: ClassVar[str] = "hkust-nlp/simpleRL-reason @ cf1c7858bfc145a27aa733e75d930d34f0d318a6"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("question", "final_answer", "answer_type", "is_multiple_answer")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no question or no answer.
        """
        context = row.get("context")
        question = text_of(row, "question", where)
        gold = ", ".join(text.strip() for text in texts_of(row, "final_answer", where))
        facts = {name: row.get(name) for name in ("subfield", "answer_type", "unit") if isinstance(row.get(name), str)}
        solution = row.get("solution")
        worked = solution[0] if isinstance(solution, list) and solution and isinstance(solution[0], str) else ""
        return self.posed(f"{context.strip()}\n{question}" if isinstance(context, str) and context.strip() else question, gold, facts=facts, solution=worked)

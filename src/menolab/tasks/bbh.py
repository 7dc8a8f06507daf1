"""BIG-Bench Hard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.published import answer_of, text_of
from menolab.tasks.question_file import QuestionFile
from menolab.tasks.rows import Row

_OPTION = re.compile(r"^\(([A-Z])\) ?(.*)$", re.MULTILINE)
_SUBTASK = re.compile(r"([\w-]+)(?:\.\w+)*(?::\w+)? row \d+$")


@dataclass(frozen=True)
class BBH(QuestionFile):
    """27 tasks of BIG-bench on which language models once fell behind people: a letter, a number, or words (yes, False, invalid, sorted words) as answers.

    Reads one task's file or a folder of them (an object with "examples", each with input and target); `facts["subtask"]` is the file's name. Prompt: the
    input as published, options included, and how to answer; the three worked examples of the original prompts are not used.
    Known defects: in movie_recommendation, options with a comma in the title are torn in two ("(A) Monsters", "(B) Inc"), and one such row, whose gold is
    then no option, is left out; in causal_judgement two stories stand twice, with both golds (the first is kept, and either way they cannot be learnt from);
    two inputs of sports_understanding stand twice. Checked by evaluation: all golds of boolean_expressions and multistep_arithmetic_two.
    Source: Suzgun et al. 2022, "Challenging BIG-Bench Tasks and Whether Chain-of-Thought Can Solve Them" (arXiv:2210.09261).
    """

    paper = "arXiv:2210.09261"
    kind: ClassVar[str] = "bbh"
    source: ClassVar[str] = "suzgunmirac/BIG-Bench-Hard @ 9ee07bd481feebf959a6b59d61ea57bdcf30964d"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("input", "target")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Input and target, and nothing that another layout would have."""
        return super().recognises(row, path) and set(row) <= {"canary", "input", "target"}

    def problem(self, row: Row, where: str) -> Problem | None:
        """The problem of a row; None where options are given and the gold is none of them.

        Raises:
            BadInput: no input, or no target.
        """
        question, gold = text_of(row, "input", where).strip(), answer_of(row, "target", where)
        facts: dict[str, object] = {"subtask": subtask(where)}
        options = _OPTION.findall(question)
        if options:
            if gold not in [f"({letter})" for letter, _ in options]:
                return None
            if [letter for letter, _ in options] == [chr(ord("A") + i) for i in range(len(options))]:
                facts["choices"] = [text.strip() for _, text in options]
            return self.posed(question, gold, "the letter of the right option", "choice", facts)
        if re.fullmatch(r"-?\d+", gold):
            return self.posed(question, gold, "the number", "number", facts)
        return self.posed(question, gold, "the answer alone", "text", facts)


def subtask(where: str) -> str:
    """The name of a row's task, from its place: "bbh/navigate.json row 3" is of navigate."""
    match = _SUBTASK.search(where)
    return match.group(1) if match else ""

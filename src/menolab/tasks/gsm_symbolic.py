"""GSM-Symbolic: GSM8K's questions as templates, filled afresh; and the instances that were published."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.tasks.file import read_once
from menolab.tasks.gsm8k import hashed_gold
from menolab.tasks.gsm_template import LISTS, Template, read_template
from menolab.tasks.mathematics import MathematicsFile
from menolab.tasks.published import text_of
from menolab.tasks.rows import Located, Row
from menolab.tasks.template_expression import Unreadable, number, written

NO_OPS = (
    "A neighbour heard of this and said that {n} would have been a better number.", "Exactly {n} years ago the same thing was done in another town.",
    "The story was told to {n} people the day before.", "This is {n} percent more than what somebody else had guessed.",
    "The note with these numbers was {n} lines long.",
)  # fmt: skip
"""Clauses with a number that change no answer. The clauses of the paper's GSM-NoOp were not published; these are ours."""


@dataclass(frozen=True)
class GSMSymbolic(MathematicsFile):
    """The published instances of GSM-Symbolic: GSM_symbolic, GSM_p1 or GSM_p2, fifty of each of a hundred (P2: fifty) templates.

    Reads question, answer, id (of the template), instance and original_id; the gold is the number after "####". Results are listed as "gsm-symbolic".
    Prompt: the question and "Please reason step by step, ... \\boxed{}".
    Known defects: rows carry a canary, which is left out. The fifty P2 golds of template 26 are not what its template's formula gives.
    Source: Mirzadeh et al. 2024, "GSM-Symbolic" (arXiv:2410.05229).
    """

    paper = "arXiv:2410.05229"
    catalogue = "gsm-symbolic"
    kind: ClassVar[str] = "gsm-symbolic"
    source: ClassVar[str] = "apple/ml-gsm-symbolic @ b6a1625025fc857300203bac9f617e5d8ec99f65"
    licence: ClassVar[str] = "Apple sample-code licence"
    columns: ClassVar[tuple[str, ...]] = ("id", "instance", "question", "answer", "original_id")

    path: str = "hub:apple/GSM-Symbolic/main:test"

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no question, or no "#### number" at the end of the answer.
        """
        gold, solution = hashed_gold(row, "answer", where)
        facts = {"template": row["id"], "original": row["original_id"]}
        return self.posed(text_of(row, "question", where), gold, facts=facts, solution=solution)


@dataclass(frozen=True)
class GSMSymbolicTemplates(MathematicsFile):
    """GSM-Symbolic's templates, filled afresh at every draw: an endless task.

    Reads the folder of templates (or a part of it: symbolic, p1, p2): question, answer, id_orig, question_annotated. Conditions and formulas are computed
    exactly by an evaluator of data; nothing is run as code. With `no_op` a sentence with a number that changes nothing stands before the question itself.
    With `original` it is the list of the GSM8K questions that the templates were made from, to compare with.
    Known defects: the lists that templates draw names and fractions from are not in the repository (`gsm_template.LISTS` stands for them); a template whose
    conditions leave a fraction as the answer is filled again until the answer is a whole number or a terminating decimal. Two templates (p2/0047,
    symbolic/0058) leave
    so few values that a filling takes seconds.
    Source: Mirzadeh et al. 2024, "GSM-Symbolic" (arXiv:2410.05229), section 3.
    """

    paper = "arXiv:2410.05229"
    catalogue = "gsm-symbolic"
    kind: ClassVar[str] = "gsm-symbolic-templates"
    source: ClassVar[str] = GSMSymbolic.source
    licence: ClassVar[str] = GSMSymbolic.licence
    columns: ClassVar[tuple[str, ...]] = ("question", "answer", "id_orig", "question_annotated")

    no_op: bool = False
    original: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}{'-original' if self.original else ''}{'-no-op' if self.no_op else ''}"

    def listed(self) -> tuple[Problem, ...] | None:
        """The original questions with `original`, else None: instances are without number."""
        return super().listed() if self.original else None

    def __call__(self, key: Key) -> Problem:
        """A template, uniform, filled afresh; or one of the original questions."""
        if self.original:
            return super().__call__(key)
        where, row = key.fold("template").random().choice(read_once(self.path, "templates", _kept))
        return self.filled(row, where, key)

    def problem(self, row: Row, where: str) -> Problem:
        """The original question of a row, or an instance of its template, for audits.

        Raises:
            BadInput: a template that cannot be read or filled; with `original`, no question, or no "#### number" at the end of the answer.
        """
        if not self.original:
            return self.filled(row, where, Key.root(0))
        gold, solution = hashed_gold(row, "answer", where)
        question = text_of(row, "question", where)
        if self.no_op:
            question = with_no_op(question, Key.root(0).fold(question))
        return self.posed(question, gold, facts={"template": row["id_orig"]}, solution=solution)

    def filled(self, row: Row, where: str, key: Key) -> Problem:
        """One instance of a row's template.

        Raises:
            BadInput: a template that cannot be read or filled.
        """
        annotated = text_of(row, "question_annotated", where)
        try:
            template = read_template(annotated)
            question, gold = _instance(template, key.fold(annotated))
        except Unreadable as error:
            raise BadInput(f"{where}: question_annotated", annotated[:80], str(error)) from error
        if self.no_op:
            question = with_no_op(question, key.fold(annotated, "no-op"))
        # endless, so not of the family of the finite benchmarks: whoever trains on it has not met those
        return replace(self.posed(question, gold, facts={"template": row["id_orig"]}), task=self.kind)


def _kept(owner: str, rows: tuple[Located, ...]) -> tuple[Located, ...]:
    return rows


def _instance(template: Template, key: Key) -> tuple[str, str]:
    """A question and its gold, a whole number or a terminating decimal."""
    for attempt in range(100):
        values = template.fill(key.fold(attempt).random())
        env = {**LISTS, **values}
        gold = written(Fraction(number(template.answer(env))))
        if "/" not in gold:
            return template.question(env), gold
    raise Unreadable("a hundred fillings gave no decimal answer")


def with_no_op(question: str, key: Key) -> str:
    """The question with a sentence of `NO_OPS` before its last sentence, which asks."""
    rng = key.random()
    sentence = rng.choice(NO_OPS).format(n=rng.randint(3, 90))
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", question.rstrip())]
    return f"{question[: ends[-1]]} {sentence}{question[ends[-1] :]}" if ends else f"{sentence} {question}"

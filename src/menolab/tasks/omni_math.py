"""Omni-MATH: problems of mathematical olympiads with domains and difficulties."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.mathematics import MathematicsFile, gold_of, question_of
from menolab.tasks.rows import Row
from menolab.verifiers.math.verifier import Math


@dataclass(frozen=True)
class OmniMath(MathematicsFile):
    """Problems of olympiads whose answers a rule can grade.

    Reads problem, answer, solution, domain (a list of paths "Mathematics -> Algebra -> ...", in some files written as text, in one row empty), difficulty
    (1 to 10, in some files as text) and source. Difficulty: the row's. Facts: the area, which is the second name of the first domain; the domains; the
    source. Prompt: the problem and "Please reason step by step, ... \\boxed{}".
    Of the 4,428 problems the authors publish apart the 2,821 whose answers are "sufficiently simple and clear" for rules, found where rules and model judges
    agreed, and then by hand (Omni-MATH-Rule). Of any file those rows are left out whose answer the mathematics verifier cannot read (sentences,
    proofs); `only_readable` False keeps them, for a judge model.
    Known defects: of the 2,821, seven golds do not parse ("\\frac{11}{2^{20}" lacks a brace), and are left out.
    Source: Gao et al. 2024, "Omni-MATH" (arXiv:2410.07985); the subset KbsdJames/omni-math-rule.
    """

    catalogue = "omni-math"
    paper = "arXiv:2410.07985"
    kind: ClassVar[str] = "omnimath"
    source: ClassVar[str] = "KbsdJames/omni-math-rule @ 4793415ef37d31c9cdb4e5b82dbe172f76f8cf08 (the subset for rules)"
    licence: ClassVar[str] = "Apache-2.0 (the data set on its hub); MIT (the evaluation code beside the subset)"
    columns: ClassVar[tuple[str, ...]] = ("domain", "difficulty", "problem", "answer", "source")

    path: str = "hub:KbsdJames/Omni-MATH:test"
    only_readable: bool = True
    """Leave out rows whose answer no rule can compare."""

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Its columns, and a domain that begins with Mathematics."""
        return super().recognises(row, path) and "Mathematics" in str(row["domain"])[:14]

    def problem(self, row: Row, where: str) -> Problem | None:
        """The problem of a row; None if it is left out.

        Raises:
            BadInput: no problem, no answer, or a difficulty that is no number from 0 to 10.
        """
        gold = gold_of(row, where, "answer")
        if self.only_readable and not Math().readable(gold):
            return None
        domains = _domains(row["domain"], where)
        facts = {"domain": domains, "area": next((name for domain in domains for name in domain.split(" -> ")[1:2]), ""), "source": str(row["source"])}
        solution = row.get("solution")
        worked = solution if isinstance(solution, str) else ""
        return self.posed(question_of(row, where, "problem"), gold, difficulty=_difficulty(row["difficulty"], where), facts=facts, solution=worked)


def _domains(value: Any, where: str) -> list[str]:
    if isinstance(value, str) and value.startswith("["):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            raise BadInput(f"{where}: domain", value[:200], "must be a list of texts") from error
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise BadInput(f"{where}: domain", value, "must be a text or a list of texts")
    return found


def _difficulty(value: Any, where: str) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = -1.0
    if isinstance(value, bool) or not 0.0 <= found <= 10.0:
        raise BadInput(f"{where}: difficulty", value, "must be a number from 0 to 10")
    return found

"""FOLIO: conclusions from premises that experts wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import text_of
from menolab.tasks.question_file import QuestionFile
from menolab.tasks.rows import Row

CHOICES = ("True", "False", "Uncertain")
_LABELS = {"true": "A", "false": "B", "uncertain": "C", "unknown": "C"}


@dataclass(frozen=True)
class FOLIO(QuestionFile):
    """Is a conclusion true, false or uncertain, given premises? 1,004 rows for training, 204 for validation (version 0.0).

    Reads the columns premises, conclusion and label. Prompt: the premises, a line each, the conclusion, the three options and how to answer; the formulas
    stay facts. Known defects: what one file calls "Unknown" the other calls "Uncertain" (one option here); one training question stands twice
    (example_id 872 and 873, same label); four training rows begin with an empty premise (383 to 386), which is dropped; in two training and ten
    validation rows there are not as many formulas as premises.
    Source: Han et al. 2022, "FOLIO: Natural Language Reasoning with First-Order Logic" (arXiv:2209.00840).
    """

    paper = "arXiv:2209.00840"
    kind: ClassVar[str] = "folio"
    source: ClassVar[str] = "Yale-LILY/FOLIO @ 5d7bb84c7edab3fb358e057d2807f19cf5cf5e2d"
    licence: ClassVar[str] = "CC BY-SA 4.0"
    columns: ClassVar[tuple[str, ...]] = ("premises", "conclusion", "label")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Premises with their formulas."""
        return super().recognises(row, path) and "premises-FOL" in row

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: premises that are no texts, no conclusion, another label than those four.
        """
        given, conclusion = row["premises"], text_of(row, "conclusion", where).strip()
        premises = [text.strip() for text in given if isinstance(text, str) and text.strip()] if isinstance(given, list) else []
        if not premises or not all(isinstance(text, str) for text in given):
            raise BadInput(f"{where}: premises", given, "must be a list of texts, one not empty at least")
        label = _LABELS.get(text_of(row, "label", where).strip().lower())
        if label is None:
            raise BadInput(f"{where}: label", row["label"], "must be True, False, or Unknown (also written Uncertain)")
        question = "Premises:\n{}\n\nConclusion: {}\nGiven the premises, is the conclusion true, false or uncertain?".format("\n".join(premises), conclusion)
        formulas = row.get("premises-FOL")
        facts = {"formulas": list(formulas)} if isinstance(formulas, list) else {}
        return self.chosen(question, CHOICES, label, where, facts)

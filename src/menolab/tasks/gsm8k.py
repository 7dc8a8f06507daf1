"""GSM8K: grade-school word problems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.mathematics import MathematicsFile
from menolab.tasks.published import text_of
from menolab.tasks.rows import Row

_CALCULATOR = re.compile(r"<<[^<>]*>>")


@dataclass(frozen=True)
class GSM8K(MathematicsFile):
    """8,792 word problems of two to eight steps; the gold is the number after "####" in the worked answer.

    Reads the columns question and answer. The gold loses its thousands commas (79 rows of train, 14 of test have them); the worked solution loses the
    calculator's marks ``<<48/2=24>>``. Prompt: the question and "Please reason step by step, ... \\boxed{}".
    Known defects: some per cent of the golds are wrong or the question can be read in two ways (Vendrow et al. 2025, "Do Large Language Model
    Benchmarks Test Reliability?", arXiv:2502.03461); they are left as published.
    Source: Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems" (arXiv:2110.14168).
    """

    paper = "arXiv:2110.14168"
    kind: ClassVar[str] = "gsm8k"
    source: ClassVar[str] = "openai/grade-school-math @ 3101c7d5072418e28b9008a6636bde82a006892c"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("question", "answer")

    path: str = "hub:openai/gsm8k/main:test"

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """A question, and an answer that ends in "#### number"; GSM-Symbolic's rows say what they are instances of."""
        return super().recognises(row, path) and "####" in str(row["answer"]) and not {"instance", "question_annotated"} & set(row)

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no question, or no "#### number" at the end of the answer.
        """
        gold, solution = hashed_gold(row, "answer", where)
        return self.posed(text_of(row, "question", where), gold, solution=solution)


def hashed_gold(row: Row, field: str, where: str) -> tuple[str, str]:
    """The number after the last "####" of a worked answer, without thousands commas, and the working without the calculator's marks.

    Raises:
        BadInput: there is no such number.
    """
    working, hashes, gold = text_of(row, field, where).rpartition("####")
    gold = gold.strip().replace(",", "")
    if not hashes or not re.fullmatch(r"-?\d+(?:\.\d+)?", gold):
        raise BadInput(f"{where}: {field}", row[field][-80:], 'must end in "#### number"')
    return gold, _CALCULATOR.sub("", working).strip()

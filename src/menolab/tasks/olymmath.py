"""OlymMATH: 200 olympiad problems, in English and Chinese, easy and hard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.mathematics import MathematicsFile
from menolab.tasks.published import answer_of, stem, text_of
from menolab.tasks.rows import Row

CHINESE = "请逐步推理，并在 \\boxed{} 内给出您的最终答案。"
"""The sentence of Qwen2.5-Math for Chinese questions."""
_BARE_POWER = re.compile(r"\^(\d{2,})")


@dataclass(frozen=True)
class OlymMATH(MathematicsFile):
    """Olympiad problems whose answers are real numbers or intervals; 100 at AIME's level ("easy", difficulty 1), 100 harder ones (difficulty 2).

    Reads problem, answer, subject and unique_id ("OlymMATH-HARD-3-EN"). Results are listed under the file's name. Prompt: the problem and "Please reason step
    by step, ... \\boxed{}", or its Chinese counterpart where the id says ZH.
    Known defects: HARD-27 writes its gold 2^2023, which LaTeX reads as 2 squared followed by 023; it is read as 2^{2023}. Degrees are part of two golds
    (115^{\\circ}, 126^{\\circ}).
    Source: Sun et al. 2025, "Challenging the Boundaries of Reasoning" (arXiv:2503.21380).
    """

    paper = "arXiv:2503.21380"
    catalogue = "olymmath"
    kind: ClassVar[str] = "olymmath"
    source: ClassVar[str] = "RUCAIBox/OlymMATH @ 94e19ffb8b7b7abe0f10f0015620c2e1eb57bf67"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("problem", "answer", "subject", "unique_id")

    @property
    def name(self) -> str:
        return stem(self.path) if "olymmath" in stem(self.path) else f"{self.kind}-{stem(self.path)}"

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """An id that says so."""
        return super().recognises(row, path) and str(row["unique_id"]).startswith("OlymMATH-")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no problem or no answer.
        """
        identity = text_of(row, "unique_id", where)
        gold = _BARE_POWER.sub(r"^{\1}", answer_of(row, "answer", where))
        half = "hard" if "-HARD-" in identity else "easy"
        own = OlymMATH(self.path, self.verifier, CHINESE) if identity.endswith("-ZH") and self.instruction == type(self).instruction else self
        return own.posed(text_of(row, "problem", where), gold, difficulty=1.0 + (half == "hard"), facts={"subject": str(row["subject"]), "half": half})

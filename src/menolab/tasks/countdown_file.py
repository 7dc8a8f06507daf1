"""Published Countdown problems: rows ``{"input": "30,100,93", "output": "23"}``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.countdown import NAME, STYLES, WORDINGS, countdown_demonstration, countdown_problem
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.published import PublishedFile
from menolab.tasks.rows import Row
from menolab.verifiers.expression import ArithmeticTarget
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class CountdownFile(PublishedFile):
    """The Countdown problems of a file, the same to the last character as `Countdown` would make them.

    Format: numbers separated by commas under "input", the target under "output", as in the 256 test problems of d1 (arXiv:2504.12216), all of
    which can be solved.
    """

    paper = "arXiv:2504.12216"
    kind: ClassVar[str] = NAME
    source: ClassVar[str] = "dllm-reasoning/d1 @ 837888f22c21a5da91a0af2b0d7b19e81d9b47ec"
    licence: ClassVar[str] = "Apache-2.0"
    columns: ClassVar[tuple[str, ...]] = ("input", "output")

    wording: str = "short"
    styles: tuple[str, ...] = ("goal",)
    weights: tuple[float, ...] = (1.0,)
    verifier: Verifier = ArithmeticTarget(strict=True)

    def __post_init__(self) -> None:
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Numbers with commas between them under "input"; a file of prompts with answers may have such a column too, and stays one."""
        return super().recognises(row, path) and "prompt" not in row and re.fullmatch(r"\s*\d+(\s*,\s*\d+)+\s*", str(row["input"])) is not None

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: a row that is not such a problem, or has no solution.
        """
        numbers, target = str(row["input"]).split(","), str(row["output"])
        if not all(n.strip().isdecimal() and len(n) < 10 for n in (*numbers, target)):
            raise BadInput(where, row, 'wanted like {"input": "30,100,93", "output": "23"}')
        return countdown_problem(tuple(map(int, numbers)), int(target), wording=self.wording)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """As `Countdown.demonstrate`."""
        style = choose_style(self.styles, self.weights, key.fold("style"))
        return countdown_demonstration(problem, style, key.fold("trace"))

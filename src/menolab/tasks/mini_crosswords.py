"""Mini crosswords: five rows and five columns of five letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import PublishedFile, content_id
from menolab.tasks.rows import Row
from menolab.verifiers.letter_grid import LetterGrid
from menolab.verifiers.verifier import Verifier

SIDE = 5


@dataclass(frozen=True)
class MiniCrosswords(PublishedFile):
    """156 crosswords of 5 x 5 letters: five clues across, five down.

    Reads a list of [ten clues, 25 letters]: the clues of rows 1 to 5, then of columns 1 to 5, and the letters row by row. Prompt: the clues, how to answer.
    Tree of Thoughts evaluates the games 1, 6, ..., 91, 96 and takes 136, 141, 146, 151 and 156 into the prompt; here all are listed. Known defects: a clue
    may fit other words ("To heap"), but only the published grid counts.
    Source: Yao et al. 2023, "Tree of Thoughts" (arXiv:2305.10601), section 4.3; the puzzles are GooBix's.
    """

    paper = "arXiv:2305.10601"
    kind: ClassVar[str] = "mini_crosswords"
    source: ClassVar[str] = "princeton-nlp/tree-of-thought-llm @ ab400345c5ea39d28ea6d7d3be0e417b11113c87"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("list",)

    verifier: Verifier = LetterGrid()

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """A list of clues and letters."""
        return super().recognises(row, path) and isinstance(row["list"], list) and [len(p) for p in row["list"] if isinstance(p, list)] == [2 * SIDE, SIDE**2]

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a game.

        Raises:
            BadInput: not ten clues and 25 capital letters.
        """
        game: Any = row["list"]
        clues, letters = game if isinstance(game, list) and len(game) == 2 else ((), ())
        if len(clues) != 2 * SIDE or not all(isinstance(clue, str) and clue.strip() for clue in clues):
            raise BadInput(f"{where}: clues", clues, f"must be {2 * SIDE} texts")
        if len(letters) != SIDE**2 or not all(isinstance(c, str) and len(c) == 1 and "A" <= c <= "Z" for c in letters):
            raise BadInput(f"{where}: letters", letters, f"must be {SIDE**2} capital letters")
        across = "\n".join(f"Row {i}: {clue.strip()}" for i, clue in enumerate(clues[:SIDE], 1))
        down = "\n".join(f"Column {i}: {clue.strip()}" for i, clue in enumerate(clues[SIDE:], 1))
        prompt = (
            f"Solve this crossword of {SIDE} rows and {SIDE} columns; every row and every column is a word of {SIDE} letters.\n{across}\n{down}\n"
            f"Think in <think> </think> tags, then give the {SIDE} rows in <answer> </answer> tags, one word a line."
        )
        answer = "\n".join("".join(letters[i : i + SIDE]) for i in range(0, SIDE**2, SIDE))
        return Problem(content_id(*clues), self.name, prompt, answer, 0.0, {"clues": list(clues)})

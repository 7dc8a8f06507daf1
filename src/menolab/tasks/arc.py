"""ARC-AGI: find the rule that turns grids into grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import PublishedFile, content_id
from menolab.tasks.rows import Row
from menolab.verifiers.grids import Grid, Grids, write_grid
from menolab.verifiers.verifier import Verifier

LARGEST = 30

_PROMPT = (
    "Each grid is made of digits from 0 to 9, which stand for colours. One rule turns every input grid into its output grid.\n\n{pairs}\n\n{asked}\n\n"
    "Think in <think> </think> tags, then give {wanted} in <answer> </answer> tags, one row a line, the digits with spaces between them."
)


@dataclass(frozen=True)
class ARC(PublishedFile):
    """Tasks of the first ARC-AGI: two to ten pairs of grids show a rule, which is to be applied to one to three test grids.

    Reads one task's file, or a folder of them: an object with train and test, each a list of {input, output} of at most 30 x 30 cells from 0 to 9. Prompt:
    the pairs, the test inputs, and how to answer; where there are several tests all are asked for at once, since a task counts as solved only with all
    of them (blank lines between the grids). One answer is taken, where the original contest took three and the later ones two.
    Known defects: the training tasks have been public since 2019 and are likely known to models; none met in the 120 files checked.
    Source: Chollet 2019, "On the Measure of Intelligence" (arXiv:1911.01547), section III.
    """

    paper = "arXiv:1911.01547"
    kind: ClassVar[str] = "arc_agi"
    source: ClassVar[str] = "fchollet/ARC-AGI @ 399030444e0ab0cc8b4e199870fb20b863846f34"
    licence: ClassVar[str] = "Apache-2.0"
    columns: ClassVar[tuple[str, ...]] = ("train", "test")

    verifier: Verifier = Grids()

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a task, its difficulty the cells of the answer.

        Raises:
            BadInput: no pairs, a pair without input and output, or something that is no grid.
        """
        train, test = _pairs(row, "train", where), _pairs(row, "test", where)
        shown = "\n\n".join(f"Example {i}\nInput:\n{write_grid(a)}\nOutput:\n{write_grid(b)}" for i, (a, b) in enumerate(train, 1))
        name = [f"Test {i}" if len(test) > 1 else "Test" for i in range(1, len(test) + 1)]
        asked = "\n\n".join(f"{label}\nInput:\n{write_grid(a)}" for label, (a, _) in zip(name, test, strict=True))
        wanted = "its output grid" if len(test) == 1 else f"the {len(test)} output grids in order, with an empty line between them,"
        answer = "\n\n".join(write_grid(b) for _, b in test)
        prompt = _PROMPT.format(pairs=shown, asked=asked, wanted=wanted)
        return Problem(content_id(shown, asked), self.name, prompt, answer, float(sum(len(b) * len(b[0]) for _, b in test)), {"tests": len(test)})


def _pairs(row: Row, field: str, where: str) -> list[tuple[Grid, Grid]]:
    pairs: Any = row[field]
    if not isinstance(pairs, list) or not pairs or not all(isinstance(pair, dict) for pair in pairs):
        raise BadInput(f"{where}: {field}", pairs, "must be a list of objects with input and output")
    return [(_grid(pair, "input", f"{where}: {field} {i}"), _grid(pair, "output", f"{where}: {field} {i}")) for i, pair in enumerate(pairs, 1)]


def _grid(pair: Row, field: str, where: str) -> Grid:
    grid: Any = pair.get(field)
    rows = grid if isinstance(grid, list) and 1 <= len(grid) <= LARGEST and all(isinstance(row, list) for row in grid) else []
    if not rows or not 1 <= len(rows[0]) <= LARGEST or any(len(row) != len(rows[0]) for row in rows):
        raise BadInput(f"{where} {field}", grid, f"must be a list of rows of the same length, at most {LARGEST} x {LARGEST} cells")
    if not all(type(cell) is int and 0 <= cell <= 9 for row in rows for cell in row):
        raise BadInput(f"{where} {field}", grid, "every cell must be a whole number from 0 to 9")
    return tuple(map(tuple, rows))

"""Grids of small numbers, cell by cell."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Verdict, right, wrong
from menolab.verifiers.answer import DataVerifier, Unreadable

Grid = tuple[tuple[int, ...], ...]

_FENCE = re.compile(r"```\w*")
_SEPARATOR = re.compile(r"[\s,;|]+")
_CELLS = re.compile(r"[0-9\s,;|]+")


def read_grids(text: str) -> tuple[Grid, ...]:
    """The grids of a text: lines of digits with or without spaces between them and empty lines between grids, or JSON lists ``[[0, 7], [7, 0]]``.

    Raises:
        Unreadable: anything else, or rows of different lengths.
    """
    text = _FENCE.sub("", text).strip()
    if text.startswith("["):
        return _listed(text)
    blocks = [[line for line in block.split("\n") if line.strip()] for block in re.split(r"\n[ \t]*\n", text)]
    return tuple(_rectangle([_row(line) for line in block]) for block in blocks if block)


def _row(line: str) -> list[int]:
    line = line.strip().strip("|,").strip()
    if not _CELLS.fullmatch(line):
        raise Unreadable(f"{line[:20]!r} is no row of digits")
    cells = _SEPARATOR.split(line)
    cells = list(line) if len(cells) == 1 else cells
    if any(len(cell) > 2 for cell in cells):
        raise Unreadable(f"{line[:20]!r} holds numbers of more than two digits")
    return [int(cell) for cell in cells]


def _listed(text: str) -> tuple[Grid, ...]:
    """JSON: one list of rows, a list of such lists, or several lists of rows after one another."""
    decoder, at, found = json.JSONDecoder(), 0, []
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            at = re.compile(r"[\s,;]*").match(text, at).end()  # type: ignore[union-attr]
    except (ValueError, RecursionError) as error:
        raise Unreadable("not a list of rows") from error
    grids = [grid for value in found for grid in (value if _depth(value) == 3 else [value])]
    return tuple(_rectangle(grid) for grid in grids)


def _depth(value: object) -> int:
    return 1 + _depth(value[0]) if isinstance(value, list) and value else 0


def _rectangle(rows: object) -> Grid:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row and all(type(cell) is int for cell in row) for row in rows):
        raise Unreadable("a grid is a list of rows of numbers")
    if len({len(row) for row in rows}) > 1:
        raise Unreadable("rows of different lengths")
    return tuple(map(tuple, rows))


def write_grid(grid: Grid) -> str:
    """A grid as lines of numbers with spaces between them."""
    return "\n".join(" ".join(map(str, row)) for row in grid)


@dataclass(frozen=True)
class Grids(DataVerifier):
    """Right if the answer's grids are the gold's: as many, of the same shapes, equal in every cell. No credit for cells that happen to agree."""

    kinds: ClassVar[tuple[str, ...]] = ("grid", "arc")
    longest: ClassVar[int] = 40_000

    def read(self, text: str) -> tuple[Grid, ...]:
        return read_grids(text)

    def compare(self, gold: tuple[Grid, ...], found: tuple[Grid, ...], answer: str) -> Verdict:
        """How many grids, of what shapes, then the cells."""
        if len(found) != len(gold):
            return wrong("shape", f"{len(found)} grids, not {len(gold)}", answer)
        shapes, wanted = [(len(g), len(g[0])) for g in found], [(len(g), len(g[0])) for g in gold]
        if shapes != wanted:
            (rows, columns), (height, width) = next((a, b) for a, b in zip(shapes, wanted, strict=True) if a != b)
            return wrong("shape", f"{rows} x {columns} cells, not {height} x {width}", answer)
        missed = sum(a != b for f, g in zip(found, gold, strict=True) for x, y in zip(f, g, strict=True) for a, b in zip(x, y, strict=True))
        return wrong("compare", f"{missed} cells differ", answer) if missed else right("compare", "every cell agrees", answer)

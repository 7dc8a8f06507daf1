"""Sudoku: its rules, with irregular regions and diagonals too, a complete solver, and puzzles with exactly one solution."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from menolab.verifiers.sudoku import box_of

Cells = tuple[int, ...]
"""A grid row by row; 0 is an empty cell."""

SIDES = {side: box_of(side) for side in (4, 6, 9)}
"""Rows and columns of a box by the length of the side."""

SYMBOLS = "123456789"

_FILLER = re.compile(r"[\s,;|+\-`\[\]]+")


class Unreadable(ValueError):
    """The text is no filled grid."""


@dataclass(frozen=True)
class Rules:
    """Which cells must differ: rows, columns, regions and, if wanted, both diagonals."""

    side: int
    regions: tuple[int, ...] = ()
    """The number of each cell's region; empty: the usual boxes."""
    diagonals: bool = False

    @property
    def areas(self) -> tuple[int, ...]:
        """The number of each cell's region, the boxes written out."""
        return self.regions or boxes(self.side)

    def units(self) -> tuple[tuple[str, Cells], ...]:
        """Every set of cells that must differ, with its name."""
        return _units(self)


@lru_cache(maxsize=256)
def _units(rules: Rules) -> tuple[tuple[str, Cells], ...]:
    side, areas = rules.side, rules.areas
    found = [(f"row {i + 1}", tuple(range(i * side, (i + 1) * side))) for i in range(side)]
    found += [(f"column {i + 1}", tuple(range(i, side * side, side))) for i in range(side)]
    found += [(f"region {r + 1}", tuple(c for c in range(side * side) if areas[c] == r)) for r in range(side)]
    if rules.diagonals:
        found += [("the diagonal from the top left", tuple(i * (side + 1) for i in range(side)))]
        found += [("the diagonal from the top right", tuple((i + 1) * (side - 1) for i in range(side)))]
    return tuple(found)


@lru_cache(maxsize=256)
def _peers(rules: Rules) -> tuple[Cells, ...]:
    return tuple(tuple({other for _, unit in rules.units() if cell in unit for other in unit} - {cell}) for cell in range(rules.side**2))


def boxes(side: int) -> tuple[int, ...]:
    """The number of each cell's box."""
    rows, columns = SIDES[side]
    return tuple(row // rows * (side // columns) + column // columns for row in range(side) for column in range(side))


def broken(cells: Sequence[int], rules: Rules) -> str | None:
    """The first rule that the filled cells break, or None. Empty cells break none."""
    for name, unit in rules.units():
        seen: set[int] = set()
        for cell in unit:
            if cells[cell] and cells[cell] in seen:
                return f"{cells[cell]} stands twice in {name}"
            seen.add(cells[cell])
    return None


def candidates(cells: Sequence[int], cell: int, rules: Rules) -> list[int]:
    """The values that an empty cell may take beside its peers."""
    taken = {cells[peer] for peer in _peers(rules)[cell]}
    return [value for value in range(1, rules.side + 1) if value not in taken]


def solutions(cells: Sequence[int], rules: Rules, random: Random | None = None) -> Iterator[Cells]:
    """Every solution, by search that fills the cell with the fewest candidates first; with `random`, values are tried in random order."""
    if broken(cells, rules) is not None:
        return
    units = rules.units()
    of_cell = tuple(tuple(u for u, (_, unit) in enumerate(units) if cell in unit) for cell in range(len(cells)))
    free = [(1 << rules.side) - 1 - sum(1 << cells[cell] - 1 for cell in unit if cells[cell]) for _, unit in units]
    yield from _fill(list(cells), [cell for cell, value in enumerate(cells) if not value], of_cell, free, random)


def _fill(cells: list[int], empty: list[int], of_cell: Sequence[Cells], free: list[int], random: Random | None) -> Iterator[Cells]:
    """Solutions below a node. `free` holds, for each unit, a bit for each value that does not stand in it yet."""
    if not empty:
        yield tuple(cells)
        return
    best, mask, fewest = -1, 0, 99
    for cell in empty:
        options = -1
        for unit in of_cell[cell]:
            options &= free[unit]
        if options.bit_count() < fewest:
            best, mask, fewest = cell, options, options.bit_count()
            if fewest <= 1:
                break
    rest = [cell for cell in empty if cell != best]
    values = [value for value in range(1, mask.bit_length() + 1) if mask >> value - 1 & 1]
    if random:
        random.shuffle(values)
    for value in values:
        cells[best] = value
        for unit in of_cell[best]:
            free[unit] ^= 1 << value - 1
        yield from _fill(cells, rest, of_cell, free, random)
        for unit in of_cell[best]:
            free[unit] ^= 1 << value - 1
    cells[best] = 0


def count_solutions(cells: Sequence[int], rules: Rules, limit: int = 2) -> int:
    """How many solutions there are, counted up to `limit`."""
    return sum(1 for _, _ in zip(range(limit), solutions(cells, rules), strict=False))


def emptied(random: Random, full: Cells, rules: Rules, blanks: int) -> Cells:
    """A puzzle whose one solution is `full`: cells are emptied in random order as long as it stays the only one, `blanks` at most."""
    cells, left = list(full), blanks
    for cell in random.sample(range(len(full)), len(full)):
        if left == 0:
            break
        value, cells[cell] = cells[cell], 0
        if count_solutions(cells, rules) == 1:
            left -= 1
        else:
            cells[cell] = value
    return tuple(cells)


def irregular(random: Random, side: int, swaps: int) -> tuple[int, ...]:
    """Regions of `side` connected cells each: the boxes, after exchanges of border cells between neighbours that leave every region connected."""
    areas = list(boxes(side))
    done = 0
    for _ in range(200 * swaps):
        if done == swaps:
            break
        a, b = random.randrange(side * side), random.randrange(side * side)
        if areas[a] == areas[b] or areas[b] not in {areas[n] for n in _near(a, side)} or areas[a] not in {areas[n] for n in _near(b, side)}:
            continue
        areas[a], areas[b] = areas[b], areas[a]
        if all(_connected(areas, region, side) for region in (areas[a], areas[b])):
            done += 1
        else:
            areas[a], areas[b] = areas[b], areas[a]
    return tuple(areas)


def _near(cell: int, side: int) -> list[int]:
    row, column = divmod(cell, side)
    found = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    return [r * side + c for r, c in found if 0 <= r < side and 0 <= c < side]


def _connected(areas: Sequence[int], region: int, side: int) -> bool:
    wanted = {cell for cell, area in enumerate(areas) if area == region}
    reached, stack = set(), [next(iter(wanted))]
    while stack:
        cell = stack.pop()
        if cell not in reached:
            reached.add(cell)
            stack += [n for n in _near(cell, side) if n in wanted]
    return reached == wanted


def read_filled(text: str, side: int, symbols: str = SYMBOLS) -> Cells:
    """The cells of a filled grid: side x side symbols in any layout of spaces, lines, bars and brackets.

    Raises:
        Unreadable: another number of cells, or something that is no symbol of the puzzle.
    """
    found = _FILLER.sub("", text)
    strange = sorted(set(found) - set(symbols[:side]))
    if strange:
        raise Unreadable(f"holds {strange[0]!r}, which is none of {symbols[:side]}")
    if len(found) != side * side:
        raise Unreadable(f"has {len(found)} cells, not {side * side}")
    return tuple(symbols.index(symbol) + 1 for symbol in found)


def shown(cells: Sequence[int], side: int, symbols: str = SYMBOLS, empty: str = ".") -> str:
    """A grid as lines of symbols with spaces between them."""
    marks = [symbols[value - 1] if value else empty for value in cells]
    return "\n".join(" ".join(marks[i : i + side]) for i in range(0, side * side, side))

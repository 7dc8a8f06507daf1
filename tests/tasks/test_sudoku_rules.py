from __future__ import annotations

from random import Random

import pytest

from menolab.tasks.sudoku_rules import Rules, Unreadable, boxes, broken, count_solutions, emptied, irregular, read_filled, shown, solutions


def test_known_numbers_of_grids() -> None:
    assert count_solutions((0,) * 16, Rules(4), 1000) == 288
    assert count_solutions((0,) * 16, Rules(4, diagonals=True), 1000) == 48, "by hand: two grids for each order of the first row's four digits"
    assert boxes(6) == (0, 0, 0, 1, 1, 1) * 2 + (2, 2, 2, 3, 3, 3) * 2 + (4, 4, 4, 5, 5, 5) * 2


def test_each_rule_is_checked() -> None:
    full = next(solutions((0,) * 16, Rules(4)))
    assert broken(full, Rules(4)) is None
    assert broken((1, 1) + (0,) * 14, Rules(4)) == "1 stands twice in row 1"
    assert broken((1, 0, 0, 0, 1) + (0,) * 11, Rules(4)) == "1 stands twice in column 1"
    assert broken((1, 0, 0, 0, 0, 1) + (0,) * 10, Rules(4)) == "1 stands twice in region 1"
    assert broken((1,) + (0,) * 14 + (1,), Rules(4)) is None
    assert "diagonal from the top left" in str(broken((1,) + (0,) * 14 + (1,), Rules(4, diagonals=True)))


def test_a_contradiction_has_no_solution() -> None:
    assert count_solutions((1, 1) + (0,) * 14, Rules(4)) == 0
    assert count_solutions((1, 2, 3, 0, 0, 0, 0, 4) + (0,) * 8, Rules(4)) == 0, "no rule is broken yet, but the fourth cell has no value"


@pytest.mark.parametrize("side", [4, 6])
def test_irregular_regions_are_connected_and_of_one_size(side: int) -> None:
    for seed in range(5):
        regions = irregular(Random(seed), side, 6)
        assert sorted(regions.count(r) for r in set(regions)) == [side] * side and regions != boxes(side)
        for region in set(regions):
            cells = {divmod(c, side) for c, r in enumerate(regions) if r == region}
            reached, grew = {min(cells)}, True
            while grew:
                more = {(r, c) for r, c in cells - reached if {(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)} & reached}
                reached, grew = reached | more, bool(more)
            assert reached == cells


def test_emptied_keeps_the_solution_the_only_one() -> None:
    random, rules = Random(4), Rules(6)
    full = next(solutions((0,) * 36, rules, random))
    puzzle = emptied(random, full, rules, 36)
    assert list(solutions(puzzle, rules)) == [full] and 20 <= puzzle.count(0) < 36


def test_reading_and_showing() -> None:
    full = next(solutions((0,) * 16, Rules(4)))
    assert read_filled(shown(full, 4), 4) == full == read_filled("|".join(shown(full, 4, "abcd").split()), 4, "abcd")
    for text in ("", "1", "1 2 3 4 " * 4 + "1", "x" * 16, "5" * 16, "0" * 16):
        with pytest.raises(Unreadable):
            read_filled(text, 4)

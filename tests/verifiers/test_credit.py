from __future__ import annotations

import itertools

import pytest

from menolab.verifiers.credit import AllOrNothing, PassedShare, SoftLevels, StrictLevels, TestCredit, TestResult

CREDITS = (AllOrNothing(), PassedShare(), StrictLevels(), SoftLevels())


def results(*levels: str) -> list[TestResult]:
    """Tests by level, easiest first: "+-" is a level with a test that passed and one that did not."""
    return [TestResult("t", mark == "+", "", group) for group, level in enumerate(levels) for mark in level]


@pytest.mark.parametrize(
    ("levels", "nothing", "share", "strict", "soft"),
    [
        (("++", "+"), 1, 1, 1, 1),
        (("--", "-"), 0, 0, 0, 0),
        (("++", "+-", "++++"), 0, 7 / 8, 1 / 3, (1 + 1 / 2 + 1) / 3),
        (("+-", "+", "+"), 0, 3 / 4, 0, (1 / 2 + 1 + 1) / 3),
        (("+", "+", "-"), 0, 2 / 3, 2 / 3, 2 / 3),
        (("+---",), 0, 1 / 4, 0, 1 / 4),
    ],
)
def test_by_hand(levels: tuple[str, ...], nothing: float, share: float, strict: float, soft: float) -> None:
    assert [credit(results(*levels)) for credit in CREDITS] == pytest.approx([nothing, share, strict, soft])


@pytest.mark.parametrize("credit", CREDITS, ids=lambda c: type(c).__name__)
def test_one_more_test_passed_is_never_worth_less(credit: TestCredit) -> None:
    for marks in itertools.product("+-", repeat=5):
        levels = ["".join(marks[:2]), marks[2], "".join(marks[3:])]
        score = credit(results(*levels))
        assert 0 <= score <= 1 and (score == 1) == ("-" not in marks)
        for place in range(5):
            better = [*marks[:place], "+", *marks[place + 1 :]]
            assert credit(results("".join(better[:2]), better[2], "".join(better[3:]))) >= score


def test_numbers_of_levels_only_order_them() -> None:
    rows = [TestResult("t", True, "", 10), TestResult("t", False, "", 70), TestResult("t", True, "", -3)]
    assert StrictLevels()(rows) == pytest.approx(2 / 3) == SoftLevels()(rows)

from __future__ import annotations

import pytest

from menolab.records import Problem
from menolab.verifiers.letter_grid import LetterGrid

PROBLEM = Problem("p", "t", "?", "ABC\nDEF\nGHI")


@pytest.mark.parametrize(
    ("answer", "right", "said"),
    [("ABC\nDEF\nGHI", True, "9 of 9 letters, 6 of 6 words"), ("a b c, d e f, g h i", True, ""), ("| A | B | C |\n|D|E|F|\n|G|H|I|", True, ""),
     ("[['A','B','C'],['D','E','F'],['G','H','I']]", True, ""),
     ("ABC\nDEF\nGHX", False, "8 of 9 letters, 4 of 6 words"), ("ABCDEF", False, "3 rows of 3"), ("ABC DEF GH1", False, "3 rows of 3"), ("", False, "")],
)  # fmt: skip
def test_verdicts(answer: str, right: bool, said: str) -> None:
    verdict = LetterGrid()(PROBLEM, f"<answer>{answer}</answer>")
    assert verdict.right == right and said in verdict.reason and verdict.score == float(right)


def test_partial_credit_and_bad_golds() -> None:
    assert LetterGrid(partial=True)(PROBLEM, "<answer>ABCDEFGHX</answer>").score == pytest.approx(8 / 9)
    assert LetterGrid()(Problem("p", "t", "?", "AB\nC"), "<answer>ABC</answer>").label == "undecided"

from __future__ import annotations

import pytest

from menolab.records import Problem
from menolab.verifiers.answer import Unreadable
from menolab.verifiers.grids import Grids, read_grids, write_grid

A, B = ((0, 7), (7, 0)), ((5,), (6,))


@pytest.mark.parametrize(
    ("text", "grids"),
    [("0 7\n7 0", (A,)), ("07\n70", (A,)), ("0,7\n7,0", (A,)), ("| 0 | 7 |\n| 7 | 0 |", (A,)), ("```\n0 7\n7 0\n```", (A,)), ("[[0, 7], [7, 0]]", (A,)),
     ("0 7\n7 0\n\n5\n6", (A, B)), ("[[[0, 7], [7, 0]], [[5], [6]]]", (A, B)), ("[[0,7],[7,0]]\n[[5],[6]]", (A, B)), ("12 3\n4 5", (((12, 3), (4, 5)),))],
)  # fmt: skip
def test_reads_grids(text: str, grids: tuple) -> None:
    assert read_grids(text) == grids


@pytest.mark.parametrize("text", ["0 7\n7", "a b", "0 x", "[[0, 7], [7]]", "[[0, 7], [7, 0]", "[1, 2]", "[[true]]", "[[0.5]]", "[[]]", "[" * 100_000, "100 2",
    "0 7; rm"])
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_grids(text)


def test_verdicts() -> None:
    problem = Problem("p", "t", "?", "\n\n".join(map(write_grid, (A, B))))
    for answer, stage in (("0 7\n7 0\n\n5\n6", "compare"), ("0 7\n7 1\n\n5\n6", "compare"), ("0 7\n7 0", "shape"), ("0 7\n7 0\n\n5 6", "shape"),
        ("none", "parse")):
        verdict = Grids()(problem, f"<answer>{answer}</answer>")
        assert verdict.stage == stage and verdict.right == (answer == problem.answer)
    assert Grids()(Problem("p", "t", "?", "no grid"), "<answer>0</answer>").label == "undecided"
    assert Grids().readable("0 7\n7 0") and not Grids().readable("no")

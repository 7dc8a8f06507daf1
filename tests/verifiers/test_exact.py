from __future__ import annotations

import pytest

from menolab.records import Problem
from menolab.verifiers.exact import Exact


@pytest.mark.parametrize(
    ("gold", "answer", "right"),
    [("Evelyn", r"\text{Evelyn}", True), (r"\text{even}", "Even", True), ("Yes", " **yes**. ", True), ("a  b", "a b", True), ("$x$", "x", True),
     ("x²", "x2", False), ("01", "0,1", False), ("no", "now", False), ("café", "cafe\u0301", True)],
)  # fmt: skip
def test_pairs(gold: str, answer: str, right: bool) -> None:
    assert Exact()(Problem("p", "t", "", gold), f"<answer>{answer}</answer>").right is right


def test_case_matters_when_asked() -> None:
    problem = Problem("p", "t", "", "Yes")
    assert not Exact(case=True)(problem, "<answer>yes</answer>").right
    assert Exact(case=True)(problem, "<answer>Yes</answer>").right


@pytest.mark.parametrize("gold", ["", "  ", "$$", "**"])
def test_a_gold_of_nothing_is_undecided(gold: str) -> None:
    for answer in ("Paris", "**"):
        verdict = Exact()(Problem("p", "", "", gold), f"<answer>{answer}</answer>")
        assert (verdict.label, verdict.stage) == ("undecided", "gold")

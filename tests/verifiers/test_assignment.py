from __future__ import annotations

import pytest

from menolab.records import Problem
from menolab.verifiers.assignment import Assignment

PUZZLE = Problem("p", "t", "", "", facts={"names": ["Zoey", "Oliver", "Mia"], "solution": [True, False, True]})


@pytest.mark.parametrize(
    ("answer", "label", "stage"),
    [
        ("(1) Zoey is a knight\n(2) Oliver is a knave\n(3) Mia is a knight", "right", "compare"),
        ("(3) Mia is a knight, (1) Zoey is a knight, (2) Oliver is a knave.", "right", "compare"),
        ("Zoey is a knight, Oliver is a knave, and Mia is a knight.", "right", "compare"),
        ("zoey: KNIGHT; oliver: knave; mia: knight", "right", "compare"),
        ("**Zoey**: knight\n**Oliver** = knave\n- Mia -> knight", "right", "compare"),
        ("Zoey knight Oliver knave Mia knight", "right", "compare"),
        ("(1) Zoey is a knight (2) Oliver is a knight (3) Mia is a knight", "wrong", "compare"),
        ("(1) Zoey is a knight (2) Oliver is a knave", "wrong", "names"),
        ("Zoey is a knight, Oliver is a knave, Mia is a knight, Bob is a knave", "wrong", "names"),
        ("Zoey is a knight, Zoey is a knave, Oliver is a knave, Mia is a knight", "wrong", "parse"),
        ("Zoey is a knight, Zoey is a knight, Oliver is a knave, Mia is a knight", "wrong", "parse"),
        ("Zoey is not a knight, Oliver is a knave, Mia is a knight", "wrong", "parse"),
        ("Zoey is a knight or a knave, Oliver is a knave, Mia is a knight", "wrong", "parse"),
        ("Zoey and Mia are knights and Oliver is a knave", "wrong", "parse"),
        ("nobody", "wrong", "parse"),
    ],
)  # fmt: skip
def test_verdicts(answer: str, label: str, stage: str) -> None:
    verdict = Assignment()(PUZZLE, f"<answer>{answer}</answer>")
    assert (verdict.label, verdict.stage) == (label, stage), verdict


def test_gold_text_stands_in_for_facts() -> None:
    problem = Problem("p", "t", "", "(1) Ann is a knight\n(2) Bo is a knave")
    assert Assignment()(problem, "<answer>Bo is a knave, Ann is a knight</answer>").right
    assert not Assignment()(problem, "<answer>Bo is a knight, Ann is a knave</answer>").right


def test_a_role_that_is_no_truth_value_is_no_gold() -> None:
    for solution in (["knave"], ["no"], [None], [2]):
        verdict = Assignment()(Problem("p", "", "", "", facts={"names": ["Bob"], "solution": solution}), "<answer>Bob is a knight</answer>")
        assert (verdict.label, verdict.stage) == ("undecided", "gold")

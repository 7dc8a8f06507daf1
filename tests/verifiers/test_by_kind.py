from __future__ import annotations

import pytest

from menolab.records import Problem
from menolab.verifiers.by_kind import ByKind


@pytest.mark.parametrize(
    ("facts", "gold", "answer", "label"),
    [({"kind": "choice"}, "B", "(b)", "right"), ({"kind": "choice", "choices": ["x", "y"]}, "B", "y", "right"), ({"kind": "choice"}, "B", "A", "wrong"),
     ({"kind": "number"}, "12", "12.0", "right"), ({"kind": "number"}, "12", "twelve", "wrong"), ({"kind": "text"}, "yes", "Yes.", "right"),
     ({"kind": "text"}, "yes", "no", "wrong"), ({"kind": "colour"}, "red", "red", "undecided"), ({}, "red", "red", "undecided"), ({}, "B", "(b)", "right"),
     ({}, "7", "7.0", "right")],
)  # fmt: skip
def test_the_problem_says_how_it_is_judged(facts: dict, gold: str, answer: str, label: str) -> None:
    assert ByKind()(Problem("p", "t", "?", gold, facts=facts), f"<answer>{answer}</answer>").label == label

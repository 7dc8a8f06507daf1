from __future__ import annotations

import pytest

from menolab.records import Problem
from menolab.verifiers.choice import MultipleChoice, read_choice


@pytest.mark.parametrize(
    ("answer", "letter"),
    [("A", "A"), ("(A)", "A"), ("a", "A"), (r"\text{A}", "A"), ("A.", "A"), ("[C]", "C"), (r"\textbf{(B)}\ 24", "B"), ("C. 24", "C"),
     ("D) none", "D"),     ("Option B", "B"), ("option (b)", "B"), ("Answer: D", "D"), ("(A) a or b", "A"), ("B: the A team", "B"),
     ("A triangle", None), ("Actually", None), ("(S)-2-butanol", None), (r"\Delta E", None), ("A or B", None), ("(A) or (B)", None),
     ("(A) x, (B) y", None),     ("A, B", None), ("AB", None), ("", None), ("4", None),
     ("A. B.", None), ("(A) (B)", None), ("A) B)", None), ("A. B. C. D.", None), ("(A) 24 (B) 36", None), ("(B) f(x)", "B"), ("C. Vitamin D", "C")],
)  # fmt: skip
def test_read_choice(answer: str, letter: str | None) -> None:
    assert read_choice(answer) == letter


def test_the_text_of_an_option_chooses_it() -> None:
    problem = Problem("p", "t", "", "(B)", facts={"choices": ["Paris", "Rome", "Rome "]})
    assert not MultipleChoice()(problem, "<answer>Paris</answer>").right
    assert not MultipleChoice()(problem, "<answer>Rome</answer>").right, "two options read alike: it chooses neither"
    problem = Problem("p", "t", "", "(B)", facts={"choices": ["Paris", "Rome"]})
    assert MultipleChoice()(problem, "<answer>rome</answer>").right

"""DeepTrans: nothing without the form."""

from __future__ import annotations

from judged import judged
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.gated import Gated

FORM = "<think>{}</think><answer>1</answer>"


def test_the_term_counts_behind_the_gate_only() -> None:
    group = judged((FORM.format("a"), "right", 3), ("<answer>1</answer>", "right", 3), (FORM.format("a"), "undecided", 3), ("", "undecided", 3))
    assert Gated(AnswerFormat(), Accuracy())(group, 0.0) == [1.0, 0.0, None, 0.0]


def test_a_gate_that_cannot_be_scored_leaves_the_term_unscorable() -> None:
    assert Gated(Accuracy(), AnswerFormat())(judged((FORM, "undecided", 3), (FORM, "wrong", 3), (FORM, "right", 3)), 0.0) == [None, 0.0, 1.0]

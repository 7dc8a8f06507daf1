"""Answers that are the same are one vote."""

from __future__ import annotations

import pytest

from menolab.evaluation.votes import RIGHT, normalise, vote
from menolab.records import right, undecided, wrong


@pytest.mark.parametrize(("one", "other"), [
    ("1/2", "0.5"), ("1,000", "1000"), (" 42. ", "42"), ("$7$", "7"), ("A and B", "a  and b"), ("−3", "-3"), ("2/4", "0.50"), ("½", ".5"), ("007", "7"),
])  # fmt: skip
def test_answers_that_differ_in_form_only_are_one_vote(one: str, other: str):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), [("1/2", "1/3"), ("1,00", "100"), ("-3", "3"), ("(2,1)", "(1,2)"), ("3/0", "0"), ("1 2", "1.2")])
def test_different_answers_stay_different(one: str, other: str):
    assert normalise(one) != normalise(other)


def test_a_huge_number_is_not_worked_out():
    assert normalise("9" * 100_000) == "9" * 100_000


def test_votes():
    assert vote(right("s", "r", "0.50")) == vote(right("s", "r", "1/2")) == RIGHT + "1/2"
    assert vote(right("s", "r", "1+2")) != vote(right("s", "r", "2+1")), "voters do not know that both are right"
    assert vote(wrong("s", "r", "0.50")) == vote(wrong("s", "r", "1/2"))
    assert vote(wrong("s", "r", None)) is None
    assert vote(wrong("s", "r", "  ")) is None  # the empty string must not win a vote
    assert vote(undecided("s", "r", "x")) == "x"


def test_no_text_can_vote_as_the_right_answer():
    for text in (RIGHT, RIGHT + "3", "\0 RIGHT:3"):
        voted = vote(wrong("s", "r", text))
        assert voted is None or not voted.startswith(RIGHT)

"""Which answers a response tries: fixtures by hand, and every derivation of the solver as its own oracle."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from fakes import Sums
from menolab.keys import Key
from menolab.records import Problem
from menolab.studies.tried import expressions, tried
from menolab.tasks.countdown import Countdown, countdown_demonstration, countdown_problem
from menolab.tasks.countdown_solver import derivations
from menolab.verifiers.expression import parse
from menolab.verifiers.extract import response


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("95-33=62 80-62=18", ["80-(95-33)"]),
        ("95-33=61 80-61=19", ["80-(95-33)"]),  # a wrong result carried on: the expression is what was tried
        ("(80+33)-95", ["(80+33)-95"]),
        ("Let's try 80 + 33 - 95 = 18, no. Then (95 - 80) + 33 = 48!", ["80 + 33 - 95", "(95 - 80) + 33"]),
        ("80+33=113 80-33=47 95-48=47 48+95=143", []),  # parts and needs, nothing whole
        ("95-33=62\n80-62=18", []),  # a new line begins anew
        ("- 95-80=15 15+33=48", ["(95-80)+33"]),  # a list's dash is no sign
        ("1) 95-80=15 and 15+33=48", ["(95-80)+33"]),
        ("(which is 95-80+33)", ["95-80+33"]),
        ("95-80 15+33=48", []),  # no stated result to go on from
        ("95-80=15 99+1=100 15+33=48", ["(95-80)+33"]),  # numbers that are not there: passed over
        ("", []),
    ],
)
def test_expressions_by_hand(text: str, wanted: list[str]) -> None:
    found = expressions((33, 80, 95), text)
    assert [expression for _, expression in found] == wanted
    assert [end for end, _ in found] == sorted(end for end, _ in found) and all(0 < end <= len(text) for end, _ in found)


@pytest.mark.parametrize("numbers", [(3, 8, 25), (4, 4, 8), (2, 3, 7, 9)])
def test_every_derivation_is_one_expression_of_its_value(numbers: tuple[int, ...]) -> None:
    some = list(derivations(numbers))[:: 1 if len(numbers) == 3 else 7]
    assert len(some) > 20
    for derivation in some:
        ((end, expression),) = expressions(numbers, str(derivation))
        assert end == len(str(derivation))
        assert sorted(parse(expression).numbers) == sorted(numbers) and parse(expression).value() == Fraction(derivation.value)


def test_a_trace_of_attempts_and_its_answer() -> None:
    problem = countdown_problem((33, 80, 95), 48)
    text = response("95-33=62 80-62=18\n95-80=15 15+33=48", "(95-80)+33")
    found = tried(Countdown(), problem, text)
    assert [t.answer for t in found] == ["80-(95-33)", "(95-80)+33"], "the final answer repeats the last of the thinking"
    assert [t.label for t in found] == ["wrong", "right"]
    assert text[: found[0].end].endswith("80-62=18") and text[: found[1].end].endswith("15+33=48")
    assert [t.answer for t in tried(Countdown(), problem, response("95-33=62 80-62=18", "(95-80)+33"))] == ["80-(95-33)", "(95-80)+33"]


@pytest.mark.parametrize("style", ["tries", "search"])
def test_a_demonstration_is_right_if_something_that_it_tries_is(style: str) -> None:
    task = Countdown()
    for i in range(30):
        problem = task(Key.root(3).fold(style, i))
        text = countdown_demonstration(problem, style, Key.root(4).fold(i)).text
        found = tried(task, problem, text)
        assert task.verify(problem, text).right is any(t.label == "right" for t in found)
        assert len(found) == len({t.end for t in found}) >= 1 and [t.end for t in found] == sorted(t.end for t in found)


def test_without_facts_the_gold_expression_says_the_numbers() -> None:
    problem = Problem("p", "countdown", "33 80 95 = 48", "(95-80)+33")
    assert [t.label for t in tried(Countdown(), problem, "<think>80+33=113 113-95=18</think>")] == ["wrong"]


def test_stated_answers_count_once_a_breath() -> None:
    problem = Problem("3+4", "sums", "3 + 4 =", "7")
    text = "<think>The answer is 5. Wait: the answer is 7. 3+4=7</think><answer>7</answer>"
    assert [(t.answer, t.label) for t in tried(Sums(), problem, text)] == [("5", "wrong"), ("7", "right")]


def test_garbage_takes_linear_time() -> None:
    for garbage in ("(+" * 50_000, "1 " * 50_000, "1+" * 50_000, "(" * 100_000, "1=1" * 30_000):
        began = time.perf_counter()
        assert expressions((1, 2, 3), garbage) == []
        assert time.perf_counter() - began < 2.0

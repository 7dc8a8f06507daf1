"""Comparing as a task."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.mirrored import mirror
from menolab.tasks.comparisons import Comparisons
from menolab.tasks.countdown import Countdown
from menolab.tasks.solved import unpacked
from menolab.verifiers.extract import response

ROOT = Key.root(5)


def test_the_gold_answer_is_the_solution_that_the_other_task_finds_right() -> None:
    base, task, answers = Countdown(), Comparisons(), []
    for i in range(40):
        problem = task(ROOT.fold(i))
        asked = unpacked(problem.facts["about"])
        first, second = problem.prompt.removeprefix(asked.prompt + "\n1 ").removesuffix("\n?").split("\n2 ")
        verdicts = [base.verify(asked, text).right for text in (first, second)]
        assert sorted(verdicts) == [False, True] and problem.answer == ("1" if verdicts[0] else "2")
        answers.append(problem.answer)
    assert 10 < answers.count("1") < 30


def test_the_mirror_swaps_solutions_and_answer_and_mirrors_back() -> None:
    task = Comparisons()
    for i in range(10):
        problem = task(ROOT.fold(i))
        other = mirror(problem)
        assert other is not None and other.prompt != problem.prompt and {problem.answer, other.answer} == {"1", "2"}
        assert task.verify(other, response("", problem.answer)).label == "wrong" and task.verify(other, response("", other.answer)).right
        assert mirror(other) == problem
    assert mirror(Countdown()(ROOT)) is None


def test_values_that_make_no_sense() -> None:
    with pytest.raises(BadInput, match="one of short, full"):
        Comparisons(wording="long")
    with pytest.raises(BadInput, match="solutions"):
        Comparisons(solutions=1)

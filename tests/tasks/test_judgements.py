"""Judging as a task."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput, RunFailed
from menolab.keys import Key
from menolab.tasks.countdown import Countdown
from menolab.tasks.judgements import WORDINGS, Judgements
from menolab.tasks.multiplication import Multiplication
from menolab.tasks.solved import contested, unpacked
from menolab.verifiers.extract import response

ROOT = Key.root(3)


def test_the_gold_verdict_is_that_of_the_other_task() -> None:
    base, task, labels = Countdown(), Judgements(), []
    for i in range(40):
        problem = task(ROOT.fold(i))
        asked = unpacked(problem.facts["about"])
        assert base.verify(asked, problem.facts["solution"]).right == (problem.answer == "1")
        assert problem.prompt == f"{asked.prompt}\n{problem.facts['solution']}\n?" and problem.id == asked.id
        assert task.verify(problem, response("", problem.answer)).right
        assert task.verify(problem, response("", "10"[int(problem.answer)])).label == "wrong"
        labels.append(problem.answer)
    assert 10 < labels.count("1") < 30, "neither verdict is the safe one"


def test_only_problems_solved_both_ways_are_asked_about() -> None:
    for i in range(20):
        problem, judged = contested(Countdown(), ROOT.fold(i), 3)
        assert [Countdown().verify(problem, text).right for text, _ in judged] == [right for _, right in judged]
        assert len(judged) == 3 and 0 < sum(right for _, right in judged) < 3
    with pytest.raises(RunFailed, match="name styles that err"):
        contested(Multiplication(), ROOT, 4)


def test_checking_demonstrations_recheck_every_equation() -> None:
    task = Judgements(Countdown(styles=("tries",), weights=(1.0,)), styles=("check",), weights=(1.0,))
    for i in range(10):
        problem = task(ROOT.fold(i))
        shown = task.demonstrate(problem, ROOT.fold("d", i)).text
        lines = shown.removeprefix("<think>").partition("</think>")[0].split("\n")
        assert task.verify(problem, shown).right and [line[-1] for line in lines] == ["1"] * len(lines)
        assert " ".join(line[:-2] for line in lines) == " ".join(problem.facts["solution"].removeprefix("<think>").partition("</think>")[0].split())


def test_the_long_wording_holds_problem_and_solution() -> None:
    problem = Judgements(Countdown(wording="full"), wording="full")(ROOT)
    assert problem.facts["solution"] in problem.prompt and problem.facts["about"]["prompt"] in problem.prompt
    assert all("{problem}" in w and "{response}" in w for w in WORDINGS.values())
    with pytest.raises(BadInput, match="one of short, full"):
        Judgements(wording="long")
    with pytest.raises(BadInput, match="solutions"):
        Judgements(solutions=1)

from __future__ import annotations

import inspect
import re
import sys

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks import gym
from menolab.tasks.gym import Gym

pytest.importorskip("reasoning_gym")
ROOT = Key.root(11)


def answered(answer: str) -> str:
    return f"<think>.</think><answer>{answer}</answer>"


@pytest.mark.parametrize(
    "dataset", ["chain_sum", "leg_counting", "countdown", "n_queens", "binary_matrix", "polynomial_multiplication", "simple_integration"]
)
def test_own_answers_are_right(dataset: str) -> None:
    task = Gym(dataset)
    problems = [task(ROOT.fold(i)) for i in range(4)]
    assert len({p.id for p in problems}) == 4
    gym._drawn.cache_clear()  # the entry is drawn again from the seed
    for problem in problems:
        assert task.verify(problem, answered(problem.answer)).right, problem


def test_partial_score_is_wrong() -> None:
    task = Gym("binary_matrix")
    problem = task(ROOT)
    as_list = str([[int(x) for x in line.split()] for line in problem.answer.split("\n")])
    verdict = task.verify(problem, answered(as_list))
    assert verdict.label == "wrong" and 0 < verdict.score < 1


def test_options_reach_the_data_set() -> None:
    task = Gym("chain_sum", options=(("min_terms", 6), ("max_terms", 6)))
    assert len(re.findall(r"\d+", task(ROOT).prompt.split("\n\n")[0])) == 6


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"dataset": "chain_sun"}, "chain_sum"),
        ({"options": (("max_term", 4),)}, "refuses"),
        ({"options": (("min_terms", 9), ("max_terms", 2))}, "refuses"),
    ],
)
def test_bad_input(fields: dict, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Gym(**fields)(ROOT)


def test_seed_is_not_an_option() -> None:
    with pytest.raises(BadInput, match="seed"):
        Gym(options=(("seed", 1),))


def test_absent_library_gives_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    gym._drawn.cache_clear()
    monkeypatch.setitem(sys.modules, "reasoning_gym", None)
    with pytest.raises(BadInput, match=r"menolab\[gym\]"):
        Gym()(ROOT)


def test_a_failing_scorer_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Gym()
    problem = task(ROOT)
    dataset, _ = gym._drawn(task.dataset, task.options, problem.facts["seed"])
    monkeypatch.setattr(type(dataset), "score_answer", lambda *_: 1 / 0)
    assert task.verify(problem, answered(problem.answer)).label == "undecided"


def test_every_scorer_that_evaluates_is_guarded() -> None:
    from reasoning_gym.factory import DATASETS

    evaluating = set()
    for name, (cls, _) in DATASETS.items():
        source = inspect.getsource(cls.score_answer)
        if re.search(r"(?<![\w.])eval\((?!entry)|parse_expr\(|sympify\(|exec\(", source):
            evaluating.add(name)
    assert evaluating == gym.EVALUATES_LISTS | gym.EVALUATES_FORMULAS


@pytest.mark.parametrize("dataset", sorted(gym.EVALUATES_LISTS | gym.EVALUATES_FORMULAS))
@pytest.mark.parametrize(
    "answer",
    ["__import__('os')._exit(3)", "exit()", "[print(1)]", "9**9**9**9", "(9**99)**99**99", "((9**99)**99)**99", "().__class__", "'a'*10**10",
     "[0]*10**10", "1<<10**10", "f'{exit()}'", "x.y", "factorial(99999999)", "S('exit()')", "lambda: 0", "(lambda: 0)()"],
)  # fmt: skip
def test_code_never_reaches_a_scorer(dataset: str, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Gym(dataset)
    problem = task(ROOT)
    dataset_object, _ = gym._drawn(task.dataset, task.options, problem.facts["seed"])
    monkeypatch.setattr(type(dataset_object), "score_answer", lambda *_: pytest.fail(f"{answer} reached the scorer"))
    if dataset in gym.EVALUATES_LISTS and answer == "x.y":
        return  # an attribute of an unknown name: an error there, nothing more
    assert task.verify(problem, answered(answer)).label == "undecided"

"""Prompts that ask for a length."""

from __future__ import annotations

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.budgeted import Budgeted

KEY = Key.root(3)


def test_each_problem_asks_for_one_number_and_its_group_says_it() -> None:
    problems = sums(40)
    groups = Budgeted(3, low=0.1, high=0.9)(FakeEngine(), problems, Decoding(max_tokens=200), KEY)
    budgets = [group.asked or 0 for group in groups]
    assert all(20 <= n <= 180 for n in budgets) and len(set(budgets)) > 20 and min(budgets) < 60 and max(budgets) > 140
    for group, problem, n in zip(groups, problems, budgets, strict=True):
        asking = f"{problem.prompt}\nThink for {n} tokens."
        assert {r.prompt for r in group.rollouts} == {tuple(map(ord, asking))}, "they are learnt from as responses to that prompt"
        assert group.problem == problem and group.limit == 200


def test_numbers_and_draws_depend_on_problem_and_key_alone() -> None:
    problems, sampler, decoding = sums(4), Budgeted(2), Decoding(max_tokens=100)
    alone = [sampler(FakeEngine(), [p], decoding, KEY)[0] for p in problems]
    assert alone == sampler(FakeEngine(), problems, decoding, KEY) != sampler(FakeEngine(), problems, decoding, Key.root(4))
    twice = sampler(FakeEngine(), [problems[0], problems[0]], decoding, KEY)
    assert twice[0] != twice[1], "a problem that comes twice has two numbers"


def test_bad_input() -> None:
    with pytest.raises(BadInput, match=r"must say \{tokens\}"):
        Budgeted(words="Be brief.")
    with pytest.raises(BadInput, match="low"):
        Budgeted(low=0.5, high=0.2)

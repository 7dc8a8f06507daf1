from __future__ import annotations

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.samplers.independent import Independent

KEY = Key.root(0)


def test_draws_depend_on_the_problem_not_on_its_place():
    sampler, engine, problems = Independent(3), FakeEngine(), sums(6)
    whole = sampler(engine, problems, Decoding(), KEY)
    assert sampler(engine, problems[::-1], Decoding(), KEY) == whole[::-1]
    assert sampler(engine, problems[2:4], Decoding(), KEY) == whole[2:4]
    assert [r.sample for r in whole[0].rollouts] == [0, 1, 2] and whole[0].problem == problems[0]


def test_a_problem_that_is_asked_twice_is_drawn_twice():
    first, second = Independent(8)(FakeEngine(skill=0.1), sums(1) * 2, Decoding(), KEY)
    assert first.rollouts != second.rollouts

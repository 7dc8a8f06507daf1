"""What every sampler is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.pieces import members
from menolab.samplers.sampler import Sampler

KEY = Key.root(0)
PROBLEMS = [replace(p, solution=f"<think>{p.prompt}</think><answer>{p.answer}</answer>") for p in sums(6)]
ALL = [cls() for cls in members(Sampler).values()]


@pytest.mark.parametrize("sampler", ALL, ids=repr)
@pytest.mark.parametrize("progress", [0.0, 0.4, 1.0])
def test_draws_depend_on_the_problem_not_on_its_place(sampler: Sampler, progress: float) -> None:
    engine = FakeEngine()
    whole = sampler(engine, PROBLEMS, Decoding(max_tokens=300), KEY, progress)
    assert repr(sampler(engine, PROBLEMS[::-1], Decoding(max_tokens=300), KEY, progress)) == repr(whole[::-1])  # repr: NaN is not equal to itself
    assert repr(sampler(engine, PROBLEMS[2:4], Decoding(max_tokens=300), KEY, progress)) == repr(whole[2:4])
    assert [g.problem for g in whole] == PROBLEMS and all(0 < (g.limit or 0) <= 300 for g in whole)
    assert sampler(engine, [], Decoding(), KEY, progress) == []


@pytest.mark.parametrize("sampler", ALL, ids=repr)
def test_rollouts_are_whole_and_have_keys_of_their_own(sampler: Sampler) -> None:
    engine = FakeEngine()
    for group in sampler(engine, PROBLEMS, Decoding(), KEY, 0.2):
        assert 0 < len(group.rollouts) <= sampler.group
        assert len({r.key for r in group.rollouts}) == len(group.rollouts) and None not in {r.key for r in group.rollouts}
        assert all(len(r.tokens) == len(r.logprobs) and r.text == engine.decode(r.tokens) for r in group.rollouts)

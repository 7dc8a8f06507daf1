"""UFT's sampler: hints fade, and count as given."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.samplers.hinted import Hinted
from menolab.schedules import CosineUntil

KEY = Key.root(0)
SOLUTION = "<think>abcdefghij</think>"
PROBLEMS = [replace(p, solution=SOLUTION) for p in sums(8)]


def test_responses_begin_with_the_hint_that_their_group_shares() -> None:
    engine = FakeEngine()
    for group in Hinted(3)(engine, PROBLEMS, Decoding(), KEY, 0.3):
        (count,) = {r.given for r in group.rollouts}
        assert count in {round(n / 5 * len(SOLUTION)) for n in range(6)}
        for r in group.rollouts:
            assert r.text.startswith(SOLUTION[:count]) and r.prompt == engine.encode(group.problem.prompt)
            assert all(math.isnan(lp) for lp in r.logprobs[:count]) and not any(math.isnan(lp) for lp in r.logprobs[count:])
            assert len(r.tokens) > count, "something was drawn"


def test_the_share_given_follows_the_schedule() -> None:
    hinted, schedule = Hinted(), CosineUntil()
    for progress in (0.0, 0.15, 0.3, 0.45, 0.59):
        given = [len(hinted.hint(tuple(range(100)), KEY.fold(i), progress)) / 100 for i in range(600)]
        assert sum(given) / len(given) == pytest.approx(schedule(progress), abs=0.03)
    sizes = Counter(len(hinted.hint(tuple(range(100)), KEY.fold(i), 0.3)) for i in range(600))
    assert set(sizes) == {0, 20, 40, 60, 80, 100}


def test_no_hint_after_the_hint_phase_or_without_a_solution() -> None:
    late = Hinted()(FakeEngine(), PROBLEMS, Decoding(), KEY, 0.7)
    without = Hinted()(FakeEngine(), sums(3), Decoding(), KEY, 0.0)
    assert all(r.given == 0 for g in [*late, *without] for r in g.rollouts)
    assert Hinted().hint((1, 2), KEY, 0.0) in {(), (1,), (1, 2)}, "fewer tokens than slices"

"""Rollouts that go on from a stored beginning."""

from __future__ import annotations

import math
from dataclasses import replace

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.resumed import Resumed
from tiny import tiny_setup

KEY = Key.root(0)


def test_without_starts_it_is_independent_sampling() -> None:
    assert Resumed(3)(FakeEngine(), sums(4), Decoding(), KEY) == Independent(3)(FakeEngine(), sums(4), Decoding(), KEY)


def test_replay_starts_at_the_stored_prefix_and_counts_it() -> None:
    engine = TorchEngine(tiny_setup().base(KEY))
    start = engine.tokens("12+3")
    fresh, resumed = Resumed(4)(engine, [sums(1)[0], replace(sums(2)[1], start=start)], Decoding(max_tokens=12), KEY)
    assert all(r.given == 0 for r in fresh.rollouts)
    for r in resumed.rollouts:
        assert r.tokens[: len(start)] == start and r.given == len(start) < len(r.tokens) <= 12
        assert r.text.startswith("12+3") and r.prompt == engine.encode(resumed.problem.prompt)
        assert [math.isnan(lp) for lp in r.logprobs] == [t < len(start) for t in range(len(r.tokens))]
    assert len({r.tokens for r in resumed.rollouts}) > 1


def test_a_start_that_fills_the_limit_leaves_room_for_a_token() -> None:
    engine = TorchEngine(tiny_setup().base(KEY))
    (group,) = Resumed(2)(engine, [replace(sums(1)[0], start=engine.tokens("1234567890"))], Decoding(max_tokens=5), KEY)
    assert all(r.given == 4 and len(r.tokens) == 5 for r in group.rollouts)

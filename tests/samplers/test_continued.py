"""Rollouts that go on from a beginning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.records import Completion, Request
from menolab.samplers.continued import continued, given
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import own_keys

KEY = Key.root(0)


class Limits(FakeEngine):
    """Notes the limits that were asked for."""

    def generate(self, requests: Sequence[Request], decoding: Decoding, *args: Any, **kwargs: Any) -> list[Completion]:
        self.limits = [request.limit for request in requests]
        return super().generate(requests, decoding, *args, **kwargs)


def test_starts_belong_to_the_response_and_are_not_its_own() -> None:
    engine, problems = Limits(), sums(3)
    starts = [engine.tokens("so"), (), engine.tokens("2+")]
    for within in (False, True):
        groups = continued(engine, problems, own_keys(problems, KEY), starts, 2, Decoding(max_tokens=8), within=within)
        for problem, start, group in zip(problems, starts, groups, strict=True):
            assert group.problem == problem and group.limit == 8
            assert engine.limits.pop(0) == engine.limits.pop(0) == (8 - len(start) if within else None)
            for sample, r in enumerate(group.rollouts):
                assert r.sample == sample and r.given == len(start) and r.tokens[: len(start)] == start
                assert r.prompt == engine.encode(problem.prompt) and r.text == engine.decode(r.tokens) and r.length == len(r.tokens) - len(start)
                assert all(map(math.isnan, r.logprobs[: len(start)])) and not any(map(math.isnan, r.logprobs[len(start) :]))


def test_without_starts_it_draws_what_independent_draws() -> None:
    problems = sums(2)
    alone = Independent(3)(FakeEngine(), problems, Decoding(), KEY)
    assert repr(continued(FakeEngine(), problems, own_keys(problems, KEY), [(), ()], 3, Decoding())) == repr(alone)
    assert given(FakeEngine(), alone[0].rollouts[0], 0) is alone[0].rollouts[0]

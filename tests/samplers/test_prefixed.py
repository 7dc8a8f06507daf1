"""Rollouts that begin with given words."""

from __future__ import annotations

import math

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.prefixed import ELLIPSIS, Prefixed
from thinker import Thinker

KEY = Key.root(0)


def test_the_prefix_is_supplied_and_belongs_to_the_response() -> None:
    engine = FakeEngine()
    for group in Prefixed(3)(engine, sums(4), Decoding(), KEY):
        for r in group.rollouts:
            assert r.prompt == engine.encode(group.problem.prompt) and r.text.startswith(ELLIPSIS) and r.given == len(ELLIPSIS)
            assert all(map(math.isnan, r.logprobs[: r.given])) and not any(map(math.isnan, r.logprobs[r.given :]))
        assert len({r.text for r in group.rollouts}) > 1


def test_it_goes_on_from_there() -> None:
    (group,) = Prefixed(1, "<think></think>")(Thinker(need=1), sums(1), Decoding(), KEY)
    assert group.rollouts[0].text == f"<think></think><answer>{int(group.problem.answer) + 1}</answer>", "it did not think, so it is wrong"
    with pytest.raises(BadInput, match="Independent"):
        Prefixed(1, "")

"""Share-GRPO's sampler: draws under several wordings."""

from __future__ import annotations

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.reworded import Reworded

KEY = Key.root(0)


def test_each_wording_has_its_share_of_the_draws() -> None:
    engine = FakeEngine()
    for group in Reworded(6, 3)(engine, sums(4), Decoding(), KEY):
        assert [r.wording for r in group.rollouts] == [0, 0, 1, 1, 2, 2]
        own, other = engine.encode(group.problem.prompt), engine.encode(f"Solve:\n{group.problem.prompt}")
        assert [r.prompt for r in group.rollouts] == [own] * 2 + [other] * 4


def test_one_wording_is_independent_sampling() -> None:
    engine = FakeEngine()
    assert Reworded(4, 1)(engine, sums(3), Decoding(), KEY) == Independent(4)(engine, sums(3), Decoding(), KEY)


def test_draws_must_divide_evenly() -> None:
    with pytest.raises(BadInput, match="multiple of the 3"):
        Reworded(8, 3)

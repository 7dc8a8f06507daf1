"""SCoRe's sampler: a second attempt that sees the first."""

from __future__ import annotations

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.two_turns import TwoTurns

KEY = Key.root(0)


def test_the_second_attempt_follows_the_first_and_the_instruction() -> None:
    engine = FakeEngine()
    firsts = Independent(3)(engine, sums(4), Decoding(), KEY)
    for group, first in zip(TwoTurns(6, "again")(engine, sums(4), Decoding(), KEY), firsts, strict=True):
        assert group.rollouts[:3] == first.rollouts and [(r.sample, r.turn) for r in group.rollouts] == [(i, t) for t in (0, 1) for i in range(3)]
        for one, two in zip(group.rollouts[:3], group.rollouts[3:], strict=True):
            assert two.prompt == one.prompt + one.tokens + engine.tokens("again") and two.key != one.key


def test_an_odd_group_is_refused() -> None:
    with pytest.raises(BadInput, match="even"):
        TwoTurns(7)

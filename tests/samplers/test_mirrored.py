"""J4R's sampler: both orders of a comparison."""

from __future__ import annotations

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.mirrored import Mirrored, mirror
from menolab.tasks.comparisons import Comparisons
from stub_engine import Stub

KEY = Key.root(0)


def test_half_of_the_group_is_drawn_after_the_mirror() -> None:
    task = Comparisons()
    problems = [task(KEY.fold(i)) for i in range(3)]
    engine = Stub(says=lambda prompt, key: f"{len(prompt)}{key.bits()}")
    groups = Mirrored(8)(engine, problems, Decoding(), KEY)
    assert [g.problem for g in groups] == [face for p in problems for face in (p, mirror(p))] and engine.calls == [24]
    assert all(len(g.rollouts) == 4 and r.prompt == engine.encode(g.problem.prompt) for g in groups for r in g.rollouts)
    assert len({r.key for g in groups for r in g.rollouts}) == 24


def test_a_problem_without_a_mirror_has_one_whole_group() -> None:
    engine = FakeEngine()
    assert Mirrored(6)(engine, sums(3), Decoding(), KEY) == Independent(6)(engine, sums(3), Decoding(), KEY)
    with pytest.raises(BadInput, match="even"):
        Mirrored(5)

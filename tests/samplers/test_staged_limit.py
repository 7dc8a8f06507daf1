"""A token limit in stages."""

from __future__ import annotations

import pytest

from fakes import sums
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.staged_limit import StagedLimit
from menolab.samplers.tree import Tree
from menolab.schedules import Stairs
from tiny import tiny_setup

KEY = Key.root(0)
STAGED = StagedLimit(Independent(3), Stairs((1 / 3, 2 / 3, 1.0)))


@pytest.mark.parametrize(("progress", "limit"), [(0.0, 4), (0.32, 4), (0.34, 8), (0.66, 8), (0.67, 12), (1.0, 12)])
def test_the_limit_grows_in_equal_stages(progress: float, limit: int) -> None:
    engine = TorchEngine(tiny_setup().base(KEY))
    groups = STAGED(engine, sums(3), Decoding(max_tokens=12), KEY, progress)
    lengths = [len(r.tokens) for g in groups for r in g.rollouts]
    assert {g.limit for g in groups} == {limit} and max(lengths) == limit
    assert all(r.truncated for g in groups for r in g.rollouts if r.tokens[-1] not in engine.policy.stop_ids)


def test_without_a_schedule_it_is_the_inner_sampler() -> None:
    engine = TorchEngine(tiny_setup().base(KEY))
    plain = Tree(8, 3)(engine, sums(2), Decoding(max_tokens=12), KEY)
    assert StagedLimit(Tree(8, 3))(engine, sums(2), Decoding(max_tokens=12), KEY, 0.1) == plain
    assert StagedLimit(Tree(8, 3)).group == 8


def test_one_token_is_always_drawn_and_more_than_the_limit_never() -> None:
    engine = TorchEngine(tiny_setup().base(KEY))
    for share, limit in ((0.0, 1), (0.01, 1), (2.0, 12)):
        (group,) = StagedLimit(Independent(1), Stairs((share,)))(engine, sums(1), Decoding(max_tokens=12), KEY)
        assert group.limit == limit and 1 <= len(group.rollouts[0].tokens) <= limit


@pytest.mark.parametrize("values", [(), (0.5, -1.0)])
def test_stairs_that_make_no_sense(values: tuple[float, ...]) -> None:
    with pytest.raises(BadInput, match=r"schedule\.values"):
        Stairs(values)

"""TreeRPO's sampler: shared segments, own ends."""

from __future__ import annotations

import pytest

from fakes import sums
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.tree import Tree
from tiny import tiny_setup

KEY = Key.root(0)


@pytest.fixture(scope="module")
def engine() -> TorchEngine:
    return TorchEngine(tiny_setup().base(KEY))


def test_rollouts_that_share_a_path_share_its_tokens(engine: TorchEngine) -> None:
    decoding = Decoding(max_tokens=13)
    groups = Tree(8, 3)(engine, sums(4), decoding, KEY)
    for group in groups:
        assert len({r.path for r in group.rollouts}) == len(group.rollouts) <= 8
        for r in group.rollouts:
            assert len(r.tokens) <= 13 and r.cuts[0] == 0 and len(r.cuts) == len(r.path) and r.cuts == tuple(4 * d for d in range(len(r.path)))
            assert r.finish == "stop" or len(r.tokens) == 13
            for other in group.rollouts:
                shared = next((d for d, (a, b) in enumerate(zip(r.path, other.path, strict=False)) if a != b), min(len(r.path), len(other.path)))
                end = r.cuts[shared] if shared < len(r.cuts) else len(r.tokens)
                assert r.tokens[:end] == other.tokens[:end] and r.logprobs[:end] == other.logprobs[:end]
    assert any(len(g.rollouts) == 8 for g in groups)
    assert len({r.tokens for g in groups for r in g.rollouts}) > 8, "branches differ"


def test_a_response_that_ends_early_is_a_leaf(engine: TorchEngine) -> None:
    """With every token an end token the tree is one segment deep."""
    everything = tuple(range(engine.policy.plain.get_output_embeddings().weight.shape[0]))
    (group,) = Tree(8, 3)(engine, sums(1), Decoding(max_tokens=12, stop_ids=everything), KEY)
    assert [r.path for r in group.rollouts] == [(0,), (1,)] and all(len(r.tokens) == 1 and r.finish == "stop" for r in group.rollouts)


def test_depth_1_is_independent_sampling(engine: TorchEngine) -> None:
    decoding = Decoding(max_tokens=12)
    trees, plain = (s(engine, sums(3), decoding, KEY) for s in (Tree(4, 1), Independent(4)))
    assert [[r.tokens for r in g.rollouts] for g in trees] == [[r.tokens for r in g.rollouts] for g in plain]


def test_the_group_must_be_a_power() -> None:
    assert Tree(27, 3).width == 3 and Tree(64, 2).width == 8 and Tree(1, 4).width == 1
    with pytest.raises(BadInput, match="8 or 27"):
        Tree(9, 3)

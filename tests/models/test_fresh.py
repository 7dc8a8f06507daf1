"""Random models: seeded by the key alone, of the stated size."""

from __future__ import annotations

import pytest
import torch

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.fresh import Fresh

SMALL = Fresh(width=16, layers=2, heads=2, kv_heads=1, head_width=8, mlp=32, context=64)


def weights(key: Key) -> dict[str, torch.Tensor]:
    return SMALL(key).model.state_dict()


def test_the_key_alone_decides_the_weights():
    first = weights(Key.root(3))
    torch.manual_seed(99)
    torch.rand(7)
    again, other = weights(Key.root(3)), weights(Key.root(4))
    assert all(torch.equal(first[n], again[n]) for n in first)
    assert any(not torch.equal(first[n], other[n]) for n in first)


def test_global_generator_is_not_moved():
    before = torch.get_rng_state()
    SMALL(Key.root(0))
    assert torch.equal(before, torch.get_rng_state())


def test_default_size_and_standard_layout():
    policy = Fresh()(Key.root(0))
    assert sum(p.numel() for p in policy.model.parameters()) == 1_018_112
    assert policy.model.lm_head.weight is policy.model.model.embed_tokens.weight
    assert policy.stop_ids == (policy.tokenizer.eos_token_id,)
    assert policy.context == 1024


def test_number_tokens():
    policy = Fresh(layers=1, numbers=199)(Key.root(0))
    assert policy.model.config.vocab_size == 263 + 190
    assert len(policy.encode("17+182")) == 1 + 3


def test_residual_writers_start_smaller():
    state = Fresh(layers=8)(Key.root(0)).model.state_dict()
    assert state["model.layers.0.mlp.down_proj.weight"].std() == pytest.approx(0.02 / 4, rel=0.05)
    assert state["model.layers.0.mlp.up_proj.weight"].std() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize("wrong", [{"kv_heads": 3}, {"head_width": 7}, {"layers": 0}, {"context": 0}, {"numbers": 1000}])
def test_impossible_shapes_are_refused(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        Fresh(**wrong)

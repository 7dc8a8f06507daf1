"""LoRA starts as the model itself, learns alone, and merges and unmerges."""

from __future__ import annotations

import pytest
import torch
from tests.models.architectures import tiny

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.fresh import Fresh
from menolab.models.lora import Full, LoRA
from menolab.models.merging import merge, unmerge

SMALL = Fresh(width=16, layers=2, heads=2, kv_heads=1, head_width=8, mlp=32, context=64)
TOKENS = torch.arange(3, 19)[None]


def moved(policy):
    """One step of SGD, so that the adapters are not zero."""
    optimizer = torch.optim.SGD([p for p in policy.model.parameters() if p.requires_grad], lr=10.0)
    policy.model(TOKENS, labels=TOKENS).loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return policy


def logits(policy):
    with torch.no_grad():
        return policy.model(TOKENS).logits


def test_starts_as_the_model_itself():
    base = logits(SMALL(Key.root(0)))
    assert torch.equal(logits(LoRA()(SMALL(Key.root(0)), Key.root(1))), base)


def test_only_adapters_learn_and_the_base_does_not_move():
    policy = LoRA(rank=2)(SMALL(Key.root(0)), Key.root(1))
    learns = {n for n, p in policy.model.named_parameters() if p.requires_grad}
    assert learns
    assert all("lora_" in n for n in learns)
    before = {n: p.detach().clone() for n, p in policy.model.named_parameters()}
    start = logits(policy)
    moved(policy)
    changed = {n for n, p in policy.model.named_parameters() if not torch.equal(p, before[n])}
    assert changed
    assert changed <= learns
    assert not torch.allclose(logits(policy), start)


def test_every_linear_layer_but_the_head_by_default():
    policy = LoRA()(SMALL(Key.root(0)), Key.root(1))
    adapted = {n.split(".lora_A")[0].rpartition(".")[2] for n, _ in policy.model.named_parameters() if "lora_A" in n}
    assert adapted == {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


def test_targets():
    policy = LoRA(targets=("q_proj",))(SMALL(Key.root(0)), Key.root(1))
    assert {n.split(".lora_")[0].rpartition(".")[2] for n, p in policy.model.named_parameters() if p.requires_grad} == {"q_proj"}
    with pytest.raises(BadInput, match=r"q_porj.*known: .*q_proj"):
        LoRA(targets=("q_porj",))(SMALL(Key.root(0)), Key.root(1))


def test_key_alone_seeds_the_adapters():
    state = torch.get_rng_state()
    a, b, c = (LoRA()(SMALL(Key.root(0)), Key.root(k)).model.state_dict() for k in (1, 1, 2))
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(a[n], b[n]) for n in a)
    assert any(not torch.equal(a[n], c[n]) for n in a)


@pytest.mark.parametrize("name", ["qwen3", "gpt2"])
def test_merge_and_unmerge(name):
    policy = moved(LoRA(rank=2)(tiny(name), Key.root(1)))
    state = {n: p.clone() for n, p in policy.model.state_dict().items()}
    apart = logits(policy)
    originals = merge(policy.model)
    torch.testing.assert_close(logits(policy), apart, rtol=1e-4, atol=1e-4)
    assert any(not torch.equal(p, state[n]) for n, p in policy.model.state_dict().items())
    unmerge(policy.model, originals)
    assert torch.equal(logits(policy), apart)
    assert all(torch.equal(p, state[n]) for n, p in policy.model.state_dict().items())


def test_saving_while_merged_does_not_merge_twice(tmp_path):
    from menolab.models.checkpoint import Checkpoint

    policy = moved(LoRA(rank=2)(SMALL(Key.root(0)), Key.root(1)))
    apart = logits(policy)
    merge(policy.model)
    policy.save(tmp_path / "m")
    torch.testing.assert_close(logits(Checkpoint(str(tmp_path / "m"))(Key.root(0))), apart, rtol=1e-4, atol=1e-4)


def test_full_lets_everything_learn():
    policy = SMALL(Key.root(0))
    policy.model.requires_grad_(False)
    assert all(p.requires_grad for p in Full()(policy, Key.root(0)).model.parameters())


def test_no_adapter_on_an_adapter():
    policy = LoRA()(SMALL(Key.root(0)), Key.root(1))
    with pytest.raises(BadInput, match="adapter"):
        LoRA()(policy, Key.root(1))


@pytest.mark.parametrize("wrong", [{"rank": 0}, {"alpha": 0.0}])
def test_bad_fields(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        LoRA(**wrong)

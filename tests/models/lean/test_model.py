"""The lean path beside transformers' own forward: values and every gradient, and every model that it must leave alone."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import torch
from tests.models.architectures import CONFIGS, LEAN, lean_tiny, tiny

from menolab.keys import Key
from menolab.models.lean import model as module
from menolab.models.lean import native, ops
from menolab.models.lean.forest import Forest
from menolab.models.lean.model import LeanModel, lean, unfit
from menolab.models.lora import LoRA
from menolab.models.policy import Policy

PROMPTS = [(1, 20, 30), (1, 9), (1, 20, 30), tuple(range(1, 60)), (4,)]
RESPONSES = [[5, 6, 7, 8], [9], [10, 11], list(range(60, 110)), [13, 14, 15]]
needs_kernels = pytest.mark.skipif(not native.available(), reason="no compiler on this machine")


def moved(policy: Policy) -> Policy:
    """With adapters that add something: B starts at zero."""
    with torch.no_grad():
        for name, weight in policy.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.3, generator=torch.Generator().manual_seed(0))
    return policy


def ours(policy: Policy, dtype: torch.dtype | None = None) -> torch.Tensor:
    """Logits that predict the responses and one token more, row after row."""
    model = lean(policy)
    assert model is not None, unfit(policy)
    forest = Forest.pack(PROMPTS, RESPONSES)
    return model.head()(model.hidden(forest, forest.predicting([len(r) + 1 for r in RESPONSES]), dtype))


def theirs(policy: Policy) -> torch.Tensor:
    rows = zip(PROMPTS, RESPONSES, strict=True)
    return torch.cat([policy.model(input_ids=torch.tensor([[*p, *r]]), use_cache=False).logits[0, len(p) - 1 :] for p, r in rows])


def grads(policy: Policy, logits: torch.Tensor) -> dict[str, torch.Tensor]:
    policy.model.zero_grad()
    weights = torch.randn(logits.shape, generator=torch.Generator().manual_seed(1)).to(logits.dtype)
    (logits.log_softmax(-1) * weights).sum().backward()
    return {name: p.grad for name, p in policy.model.named_parameters() if p.grad is not None}


def check(policy: Policy, dtype: torch.dtype | None = None, value: float = 2e-5, gradient: float = 2e-4) -> None:
    """Logits and gradients within these shares of the largest entry of each tensor."""
    one, other = ours(policy, dtype), theirs(policy)
    assert float((one - other).detach().abs().max() / other.detach().abs().max()) <= value
    one_grads, other_grads = grads(policy, one), grads(policy, other)
    assert set(one_grads) == set(other_grads) == {name for name, p in policy.model.named_parameters() if p.requires_grad}
    largest = max(float(g.abs().max()) for g in other_grads.values())
    for name, wanted in other_grads.items():
        # The gradient of the keys' bias is zero in exact arithmetic (a softmax does not see it): it is measured by the others.
        scale = max(float(wanted.abs().max()), 1e-3 * largest)
        assert float((one_grads[name] - wanted).abs().max()) / scale <= gradient, name


@pytest.fixture(params=["fused", "torch"])
def path(request, monkeypatch) -> None:
    if request.param == "torch":
        monkeypatch.setattr(ops, "fused", lambda x: False)
    if not native.available():
        pytest.skip("no compiler on this machine")


@pytest.mark.parametrize("name", LEAN)
def test_logits_and_gradients_are_the_models_own(name, path):
    check(lean_tiny(name))


@pytest.mark.parametrize("name", ["llama_biases", "qwen3"])
def test_bfloat16_products_are_close(name, path):
    """Eight bits a product: 1% of the largest logit, and gradients of the same direction."""
    policy = lean_tiny(name)
    one, other = ours(policy, torch.bfloat16), theirs(policy)
    assert one.dtype == torch.float32
    assert 1e-5 < float((one - other).detach().abs().max() / other.detach().abs().max()) < 3e-2
    one_grads, other_grads = grads(policy, one), grads(policy, other)
    flat, wanted = (torch.cat([g[name].flatten() for name in other_grads]) for g in (one_grads, other_grads))
    assert torch.cosine_similarity(flat, wanted, dim=0) > 0.995


@pytest.mark.parametrize("name", ["llama_biases", "qwen3"])
def test_a_bfloat16_model(name, path):
    policy = lean_tiny(name)
    wanted = theirs(policy).detach()
    policy.model.bfloat16()
    one = ours(policy)
    other = theirs(policy).detach()
    assert one.dtype == torch.bfloat16
    error, own = (float((x.float() - wanted).abs().max() / wanted.abs().max()) for x in (one.detach(), other))
    assert error <= 1.5 * own + 0.01, "further from float32 than transformers' own bfloat16 forward is"
    assert all(torch.isfinite(g).all() for g in grads(policy, one).values())


@pytest.mark.parametrize("targets", [(), ("q_proj", "down_proj")], ids=["all", "some"])
@pytest.mark.parametrize("name", ["qwen2", "qwen3"])
def test_adapters_act_and_learn(name, targets, path):
    check(moved(LoRA(rank=2, targets=targets)(lean_tiny(name), Key.root(0))))


@needs_kernels
def test_two_adapters_at_once():
    from peft import LoraConfig

    policy = LoRA(rank=2)(lean_tiny("qwen3"), Key.root(0))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        policy.model.add_adapter("second", LoraConfig(r=3, lora_alpha=5, target_modules=["q_proj", "up_proj"], use_rslora=True))
    policy.model.base_model.set_adapter(["default", "second"])
    check(moved(policy))
    policy.model.base_model.set_adapter("second")
    check(policy)


@needs_kernels
def test_adapters_that_are_off_leave_the_lean_path():
    policy = moved(LoRA(rank=2)(lean_tiny("qwen3"), Key.root(0)))
    with policy.model.disable_adapter():
        assert "adapters" in unfit(policy) and lean(policy) is None
    assert lean(policy) is not None
    policy.model.merge_adapter()
    assert "adapters" in unfit(policy)
    policy.model.unmerge_adapter()
    check(policy)


@pytest.mark.parametrize("settings", [{"use_dora": True}, {"lora_dropout": 0.1}, {"lora_bias": True}, {"alora_invocation_tokens": [5]}], ids=str)
@needs_kernels
def test_other_adapters_leave_the_lean_path(settings: dict[str, Any]):
    from peft import LoraConfig, get_peft_model

    policy = lean_tiny("qwen2" if "lora_bias" in settings else "qwen3")
    targets = ["q_proj", "v_proj"]
    model = get_peft_model(policy.model, LoraConfig(task_type="CAUSAL_LM", r=2, target_modules=targets, **settings))  # type: ignore[arg-type]
    assert "adapters" in unfit(Policy(model, policy.tokenizer))


@pytest.mark.parametrize("name", ["llama", "qwen3"])
def test_layers_run_again_for_the_gradient(name, path, monkeypatch):
    policy = lean_tiny(name)
    runs: list[bool] = []
    real = LeanModel.layer
    monkeypatch.setattr(LeanModel, "layer", lambda self, *args: runs.append(torch.is_grad_enabled()) or real(self, *args))
    expected = grads(policy, ours(policy))
    policy.model.activation_checkpointing_enable()
    policy.model.train()
    runs.clear()
    again = grads(policy, ours(policy))
    assert len(runs) == 2 * len(policy.plain.base_model.layers)
    for name, wanted in expected.items():
        torch.testing.assert_close(again[name], wanted, rtol=1e-5, atol=1e-6)


@needs_kernels
def test_a_large_head_is_not_copied(monkeypatch):
    policy = lean_tiny("qwen3")
    small = ours(policy)
    monkeypatch.setattr(module, "SMALL_HEAD", policy.plain.get_output_embeddings().weight.numel() - 1)
    assert lean(policy).head() == policy.logits
    assert torch.allclose(ours(policy), small, atol=1e-5)


@needs_kernels
def test_weights_are_read_as_they_are_now():
    policy = lean_tiny("qwen3")
    ours(policy)
    with torch.no_grad():
        for weight in policy.model.parameters():
            weight *= 1.1
    check(policy)


@needs_kernels
def test_gradients_after_the_path_was_first_taken_while_sampling(monkeypatch):
    """The tables of rotations are kept: made in inference mode they could not be used for gradients."""
    monkeypatch.setattr(ops, "fused", lambda x: False)
    policy = lean_tiny("qwen3")
    with torch.inference_mode():
        assert lean(policy) is not None
    check(policy)


@needs_kernels
def test_positions_beyond_the_context_are_as_in_the_model():
    policy = lean_tiny("llama", max_position_embeddings=16)
    check(policy)


# ---- models that it must leave alone ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in CONFIGS if name not in ("llama", "qwen2", "qwen3", "qwen3_window")])
def test_other_architectures(name):
    assert "architecture" in unfit(tiny(name)) and lean(tiny(name)) is None


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("qwen3", {"use_sliding_window": True, "sliding_window": 6, "layer_types": ["sliding_attention", "full_attention"]}, "sliding"),
        ("llama", {"hidden_act": "gelu"}, "activation"),
        ("llama", {"attention_dropout": 0.1}, "dropout"),
        ("llama", {"hidden_size": 40, "head_dim": 16}, "multiples of 16"),
        ("llama", {"intermediate_size": 40}, "multiples of 16"),
        ("qwen3", {"head_dim": 24}, "multiples of 16"),
        ("qwen3", {"head_dim": 8}, "multiples of 16"),
        ("llama", {"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0}}, "rotation"),
    ],
)
@needs_kernels
def test_models_that_do_not_fit(name, changes, why):
    policy = lean_tiny(name, **changes)
    assert why in unfit(policy) and lean(policy) is None


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16], ids=str)
def test_weights_that_the_kernels_do_not_carry(dtype):
    policy = lean_tiny("llama")
    policy.model.to(dtype)
    assert str(dtype) in unfit(policy) and lean(policy) is None


@needs_kernels
def test_a_product_of_another_kind():
    policy = lean_tiny("llama")

    class Quantised(torch.nn.Linear):
        pass

    policy.plain.base_model.layers[1].mlp.up_proj.__class__ = Quantised
    assert "Quantised" in unfit(policy)


ALTERED = {
    "feed-forward": lambda layer: _after(layer.mlp, lambda out: 1.1 * out),
    "attention": lambda layer: setattr(layer.self_attn, "scaling", 0.5 * layer.self_attn.scaling),
    "norm": lambda layer: setattr(layer.input_layernorm, "variance_epsilon", 1.0),
    "hook": lambda layer: layer.register_forward_hook(lambda module, inputs, output: output + 0.3),
}


def _after(block: Any, change: Any) -> None:
    own = block.forward
    block.forward = lambda *args, **options: change(own(*args, **options))


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
@needs_kernels
def test_a_model_whose_forward_is_its_own_is_left_to_it(alter, caplog):
    from menolab.engines.decoding import Decoding
    from menolab.models.scoring import score

    policy = lean_tiny("qwen3")
    alter(policy.plain.base_model.layers[1])
    with caplog.at_level(logging.WARNING, module.__name__):
        assert unfit(policy) == "" and lean(policy) is None and lean(policy) is None
    assert len([r for r in caplog.records if "slower general one" in r.getMessage()]) == 1, "said once a model"
    tokens_BT = torch.tensor([[5, 6, 7]])
    scored = score(policy, [(1, 20)], tokens_BT, torch.ones_like(tokens_BT, dtype=torch.bool), Decoding()).logprobs_BT
    own = policy.model(torch.tensor([[1, 20, 5, 6]])).logits[0, 1:].log_softmax(-1).gather(-1, tokens_BT.T)[:, 0]
    torch.testing.assert_close(scored[0], own, rtol=0, atol=1e-5)


@needs_kernels
def test_the_comparison_leaves_modes_and_generator_alone():
    policy = lean_tiny("qwen3")
    policy.model.train()
    policy.model.model.layers[0].eval()
    modes, state = [m.training for m in policy.model.modules()], torch.get_rng_state()
    assert lean(policy) is not None
    assert [m.training for m in policy.model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)


def test_a_model_is_let_go():
    """What is kept about a model dies with it."""
    import gc

    policy = lean_tiny("llama")
    lean(policy)
    before = len(module._GAPS), len(module._ROTATIONS)
    del policy
    gc.collect()
    assert (len(module._GAPS), len(module._ROTATIONS)) < before


@needs_kernels
@pytest.mark.parametrize("name", LEAN)
def test_kernels_give_the_same_numbers_on_any_number_of_threads(name):
    """Values and gradients bit for bit: how many processors are free must not change a run."""
    policy, results, count = lean_tiny(name), [], torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for threads in (1, 2, 3):
            native.staff(lambda threads=threads: threads)
            policy.model.zero_grad()
            logits = ours(policy)
            logits.square().sum().backward()
            results.append([logits.detach(), *(p.grad.clone() for p in policy.model.parameters() if p.grad is not None)])
    finally:
        native.staff(torch.get_num_threads)
        torch.set_num_threads(count)
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))

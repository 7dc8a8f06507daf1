"""The Llama, Qwen2 and Qwen3 families over the parameters of their transformers models, without what a general forward carries along."""

from __future__ import annotations

import functools
import logging
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from menolab.models.lean import native
from menolab.models.lean.forest import Forest
from menolab.models.lean.ops import Heads, Turn, add_norm, attend, swiglu
from menolab.models.lean.products import Product, prepared
from menolab.models.modes import evaluating
from menolab.models.policy import Policy

FAMILIES = ("llama", "qwen2", "qwen3")
STEADY_ROPE = ("default", "linear", "llama3", "yarn")
"""Rotations that do not change with the length of the text."""
TOLERANCE = 2e-3
"""Largest difference of a logit from the general path's, relative to the largest logit, at which the lean path is taken for the same model (float32)."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Layer:
    """What one layer multiplies with, fused and in the dtype of the computation."""

    norm_in: torch.Tensor
    qkv: Product
    turn: Turn
    out: Product
    norm_mid: torch.Tensor
    gate_up: Product
    down: Product


SMALL_HEAD = 1 << 22
"""Most weights of a head that is multiplied as layers are; a larger one's packed copy would take more memory than it saves time."""

_ROTATIONS: weakref.WeakKeyDictionary[Any, tuple[torch.Tensor, torch.Tensor]] = weakref.WeakKeyDictionary()


class LeanModel:
    """The modules of a policy's model, read where they lie: what the learner moves, this sees."""

    def __init__(self, policy: Policy):
        self.policy, self.plain = policy, policy.plain
        config = self.plain.config
        self.base = self.plain.base_model
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.heads = Heads(config.num_attention_heads, config.num_key_value_heads, size)
        self.epsilon: float = config.rms_norm_eps

    def layers(self, dtype: torch.dtype, positions: int) -> Iterator[Layer]:
        """The layers with the weights of this moment. Small copies: a product's weights are laid side by side.

        Args:
            positions: how many the text may come to have.
        """
        if self.plain not in _ROTATIONS or len(_ROTATIONS[self.plain][0]) < positions or _ROTATIONS[self.plain][0].device != self.base.norm.weight.device:
            _ROTATIONS[self.plain] = _rotations(self.base.rotary_emb, 2 * positions)
        angles = _ROTATIONS[self.plain]
        for module in self.base.layers:
            attention, mlp = module.self_attn, module.mlp
            norms = (attention.q_norm.weight.float(), attention.k_norm.weight.float()) if hasattr(attention, "q_norm") else (None, None)
            yield Layer(
                norm_in=module.input_layernorm.weight.float(),
                qkv=_product(attention.q_proj, attention.k_proj, attention.v_proj, dtype=dtype),
                turn=Turn(*angles, *norms, self.epsilon),
                out=_product(attention.o_proj, dtype=dtype),
                norm_mid=module.post_attention_layernorm.weight.float(),
                gate_up=_product(mlp.gate_proj, mlp.up_proj, dtype=dtype),
                down=_product(mlp.down_proj, dtype=dtype),
            )

    def embed(self, tokens_N: torch.Tensor) -> torch.Tensor:
        """The residual stream's beginning [N, D], float32."""
        return self.base.embed_tokens(tokens_N).float()

    def hidden(self, forest: Forest, asked: torch.Tensor, dtype: torch.dtype | None = None) -> torch.Tensor:
        """Last hidden states [asked, D] of some of the packed tokens, float32, differentiable.

        Layers are run again for the gradient where the model's gradient checkpointing is on.

        Args:
            asked: which packed tokens.
            dtype: of the products; the parameters' own by default.
        """
        dtype = dtype or self.dtype
        forest = forest.rounded() if prepared(dtype, forest.tokens_N.device) else forest
        again = torch.is_grad_enabled() and any(layer.gradient_checkpointing for layer in self.base.layers)
        x, h = self.embed(forest.tokens_N), None
        for layer in self.layers(dtype, int(forest.position_N.max()) + 1):
            mix = functools.partial(attend, heads=self.heads, turn=layer.turn, forest=forest)
            run = functools.partial(checkpoint, self.layer, use_reentrant=False, preserve_rng_state=False) if again else self.layer
            x, h = run(layer, x, h, dtype, mix)
        assert h is not None
        return self.last(x[asked], h[asked])

    def layer(
        self, layer: Layer, x: torch.Tensor, h: torch.Tensor | None, dtype: torch.dtype, mix: Callable[[torch.Tensor], torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One layer: residual stream and what is to be added to it, before and after. `mix` is attention: query-key-value products to outputs."""
        x, y = add_norm(x, h, layer.norm_in, self.epsilon, dtype)
        x, y = add_norm(x, layer.out(mix(layer.qkv(y))), layer.norm_mid, self.epsilon, dtype)
        return x, layer.down(swiglu(layer.gate_up(y)))

    def last(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        """The final norm, in the head's dtype."""
        return add_norm(x, h.float(), self.base.norm.weight.float(), self.epsilon, torch.float32)[1].to(self.dtype)

    def head(self) -> Callable[[torch.Tensor], torch.Tensor]:
        """Logits [N, V] of hidden states [N, D], by the head's weights of this moment."""
        module = self.plain.get_output_embeddings()
        return self.policy.logits if _odd(module) or module.weight.numel() > SMALL_HEAD else _product(module, dtype=module.weight.dtype)

    @property
    def dtype(self) -> torch.dtype:
        return self.base.embed_tokens.weight.dtype


_GAPS: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
"""What the comparison of both paths said about each model: "" if they agree."""


def lean(policy: Policy) -> LeanModel | None:
    """The policy's lean path, or None where it does not apply: other architectures, or one that fails the comparison with the model's own forward, which
    is run once a model."""
    if unfit(policy):
        return None
    model = LeanModel(policy)
    if policy.plain not in _GAPS:
        _GAPS[policy.plain] = _gap(policy, model)
        if gap := _GAPS[policy.plain]:
            log.warning("the lean path differs from the model's own forward (%s); the slower general one is used", gap)
    return None if _GAPS[policy.plain] else model


def unfit(policy: Policy) -> str:
    """Why the lean path does not apply to this model; "" if it does."""
    plain, config = policy.plain, policy.plain.config
    if config.model_type not in FAMILIES:
        return f"architecture {config.model_type}"
    if config.hidden_act != "silu" or config.attention_dropout:
        return "another activation than silu, or dropout"
    if set(getattr(config, "layer_types", None) or ()) - {"full_attention"}:
        return "sliding-window attention"
    if plain.base_model.rotary_emb.rope_type not in STEADY_ROPE:
        return "a rotation that changes with the length"
    weights = plain.base_model.embed_tokens.weight
    if weights.device.type == "cpu" and not (weights.dtype in native.NAMES and native.available()):
        return f"no fused kernels for {weights.dtype}"
    heads = LeanModel(policy).heads
    if config.hidden_size % 16 or config.intermediate_size % 16 or heads.size % 16 or heads.size > 1024:
        return "widths that are not multiples of 16, or heads of more than 1024"
    return next((odd for layer in plain.base_model.layers for module in _products(layer) if (odd := _odd(module))), "")


def _products(layer: Any) -> list[Any]:
    attention, mlp = layer.self_attn, layer.mlp
    return [attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj, mlp.gate_proj, mlp.up_proj, mlp.down_proj]


def _odd(module: Any) -> str:
    """Why a product is more than weight, bias and low-rank adapters; "" if it is not."""
    if type(module) is torch.nn.Linear:
        return ""
    if type(getattr(module, "base_layer", None)) is not torch.nn.Linear or not hasattr(module, "lora_A"):
        return f"a product of kind {type(module).__name__}"
    active = [name for name in module.active_adapters if name in module.lora_A]
    variant = any(getattr(module, "lora_variant", {}).get(name) for name in active)
    plain = not variant and not module.merged and not module.disable_adapters and not module.fan_in_fan_out
    still = all(isinstance(module.lora_dropout[name], torch.nn.Identity) for name in active)
    return "" if plain and still and not any(module.lora_bias.get(name) for name in active) else "adapters of another kind than plain LoRA"


def _product(*modules: Any, dtype: torch.dtype) -> Product:
    """Modules of one input side by side, with their weights as they are now, adapters added in; differentiable."""
    weights = [_weight(module) for module in modules]
    biases = [bias for module in modules if (bias := _bias(module)) is not None]  # all or none have one
    weight = weights[0] if len(weights) == 1 else torch.cat(weights)
    bias = None if not biases else biases[0] if len(biases) == 1 else torch.cat(biases)
    return Product(weight.to(dtype), None if bias is None else bias.to(dtype))


def _weight(module: Any) -> torch.Tensor:
    """The weight of a product, low-rank adapters added in: W + sum of scaling B A. Hu et al. 2021, arXiv:2106.09685, eq. 3."""
    if type(module) is torch.nn.Linear:
        return module.weight
    weight = module.base_layer.weight
    for name in module.active_adapters:
        if name in module.lora_A:
            weight = weight + module.scaling[name] * (module.lora_B[name].weight @ module.lora_A[name].weight)
    return weight


def _bias(module: Any) -> torch.Tensor | None:
    return module.bias if type(module) is torch.nn.Linear else module.base_layer.bias


def _rotations(rotary: Any, positions: int) -> tuple[torch.Tensor, torch.Tensor]:
    """cos and sin [positions, H / 2] as the architecture computes them, float32."""
    frequency = rotary.inv_freq.float()
    angle = torch.arange(positions, device=frequency.device).float()[:, None] * frequency
    return (angle.cos() * rotary.attention_scaling).contiguous(), (angle.sin() * rotary.attention_scaling).contiguous()


def _gap(policy: Policy, model: LeanModel) -> str:
    """The lean path beside the model's own forward on two prompts and three responses: "" if logits agree."""
    vocabulary = policy.plain.get_input_embeddings().weight.shape[0]
    prompts = [(1, 2, 3), (1, 2, 3), (5, 4)]
    responses = [[7, 8, 9, 10], [11], [6, 13]]
    prompts, responses = [tuple(t % vocabulary for t in p) for p in prompts], [[t % vocabulary for t in r] for r in responses]
    with torch.no_grad(), evaluating(policy.model):
        forest = Forest.pack(prompts, responses)
        asked = forest.predicting([len(r) + 1 for r in responses]).to(policy.device)
        ours = policy.logits(model.hidden(forest.to(policy.device), asked)).float()
        rows = [torch.tensor([[*p, *r]], device=policy.device) for p, r in zip(prompts, responses, strict=True)]
        theirs = [policy.logits(policy.hidden(row, use_cache=False))[0, len(p) - 1 :] for row, p in zip(rows, prompts, strict=True)]
    wanted = torch.cat(theirs).float()
    difference = float((ours - wanted).abs().max() / wanted.abs().max().clamp_min(1e-6))
    limit = TOLERANCE if model.dtype == torch.float32 else 0.1
    return "" if difference <= limit else f"logits differ by {difference:.2g} of the largest"

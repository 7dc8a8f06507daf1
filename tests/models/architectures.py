"""Tiny random models of the architectures that the laboratory promises to run, shared by the tests of models and engines."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from menolab.models.policy import Policy
from menolab.models.tokenizer import build_tokenizer

SMALL = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "vocab_size": 263,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    # Ten times the usual spread: with a nearly uniform distribution no test would see a wrong position or a wrong window.
    "initializer_range": 0.2,
}
LAYERS = ["sliding_attention", "full_attention"]
CONFIGS: dict[str, dict[str, Any]] = {
    "llama": {"model_type": "llama"},
    "qwen2": {"model_type": "qwen2"},
    "qwen3": {"model_type": "qwen3", "head_dim": 8},
    "qwen3_window": {"model_type": "qwen3", "head_dim": 8, "use_sliding_window": True, "sliding_window": 6, "layer_types": LAYERS},
    "gemma": {"model_type": "gemma", "head_dim": 8},
    "gemma2": {"model_type": "gemma2", "head_dim": 8, "sliding_window": 6, "attn_logit_softcapping": 2.0, "final_logit_softcapping": 3.0},
    "gemma3_text": {"model_type": "gemma3_text", "head_dim": 8, "sliding_window": 6, "layer_types": LAYERS},
    "phi3": {"model_type": "phi3"},
    "olmo2": {"model_type": "olmo2"},
    "mistral": {"model_type": "mistral", "sliding_window": 6},
    "granite": {"model_type": "granite", "logits_scaling": 3.0, "residual_multiplier": 0.5},
    "cohere": {"model_type": "cohere", "logit_scale": 0.3},
    "qwen3_moe": {"model_type": "qwen3_moe", "head_dim": 8, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 24},
    "gpt2": {"model_type": "gpt2", "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128, "resid_pdrop": 0.0},
}
# Of the families that have a lean path, with widths that are multiples of 16: everything in which they differ.
LEAN: dict[str, dict[str, Any]] = {
    "llama": {"model_type": "llama", "num_attention_heads": 2, "num_key_value_heads": 1},
    "llama_biases": {"model_type": "llama", "num_attention_heads": 2, "attention_bias": True, "mlp_bias": True},
    "llama3": {
        "model_type": "llama",
        "num_attention_heads": 2,
        "rope_parameters": {
            "rope_type": "llama3",
            "rope_theta": 100.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 32,
        },
    },
    "qwen2": {"model_type": "qwen2", "num_attention_heads": 2, "num_key_value_heads": 1},
    "qwen2_yarn": {
        "model_type": "qwen2",
        "num_attention_heads": 2,
        "rope_parameters": {"rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0, "original_max_position_embeddings": 32},
    },
    "qwen3": {"model_type": "qwen3", "head_dim": 32},
    "qwen3_tied": {"model_type": "qwen3", "num_key_value_heads": 4, "head_dim": 16, "tie_word_embeddings": True},
}


def tiny(name: str, **changes: Any) -> Policy:
    """A tiny random policy of that architecture, the same each time, with the byte tokenizer."""
    return _policy({**SMALL, **CONFIGS[name], **changes}, name)


def lean_tiny(name: str, **changes: Any) -> Policy:
    """The same for `LEAN`, with biases and norms that are not the zeros and ones of a fresh model."""
    policy = _policy({**SMALL, **LEAN[name], **changes}, name)
    with torch.no_grad():
        for weight in policy.model.parameters():
            if weight.dim() == 1:
                weight += 0.3 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(len(weight))).to(weight.dtype)
    return policy


def _policy(settings: dict[str, Any], name: str) -> Policy:
    if name == "gpt2":
        settings = {k: v for k, v in settings.items() if k not in SMALL or k in ("vocab_size", "bos_token_id", "eos_token_id", "initializer_range")}
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config)
    return Policy(model.eval(), build_tokenizer())

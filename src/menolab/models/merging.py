"""Merging a LoRA adapter into the weights it adapts, and taking it out again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch


def _adapted(model: Any) -> Iterator[tuple[str, Any]]:
    """The LoRA layers of a model with their names in the base model."""
    if not hasattr(model, "peft_config"):
        return
    from peft.tuners.lora import LoraLayer

    for name, module in model.get_base_model().named_modules():
        if isinstance(module, LoraLayer):
            yield name, module


@torch.no_grad()
def _merged_weight(layer: Any) -> torch.Tensor:
    """W + alpha/r BA of one LoRA layer, summed in float32 (arXiv:2106.09685, eq. 3)."""
    weight = layer.get_base_layer().weight
    total = weight.float()
    for adapter in layer.active_adapters:
        if adapter in layer.lora_A or adapter in getattr(layer, "lora_embedding_A", {}):
            total = total + layer.get_delta_weight(adapter).float()
    return total.to(weight.dtype)


def merged_weights(model: Any) -> dict[str, torch.Tensor]:
    """The state dict of the plain transformers model with its adapters merged in; the live weights are only read.

    For a model without adapters, its own state dict.
    """
    layers = dict(_adapted(model))
    if not layers:
        return dict((model.get_base_model() if hasattr(model, "peft_config") else model).state_dict())
    weights = {}
    for name, tensor in model.get_base_model().state_dict().items():
        if ".lora_" in name:
            continue
        owner, _, leaf = name.partition(".base_layer.")
        merged = leaf == "weight" and owner in layers and not layers[owner].merged
        weights[f"{owner}.{leaf}" if leaf else name] = _merged_weight(layers[owner]) if merged else tensor
    return weights


@torch.no_grad()
def merge(model: Any) -> dict[str, torch.Tensor]:
    """Fold the adapters into the weights in place, so that forward passes cost what the plain model's do.

    Returns:
        The base weights as they were, for `unmerge`. (Subtracting the product again would leave rounding behind: W + D - D is not W.)
    """
    originals = {}
    for name, layer in _adapted(model):
        if not layer.merged:
            weight = layer.get_base_layer().weight
            originals[name] = weight.detach().clone()
            weight.copy_(_merged_weight(layer))
            layer.merged_adapters.extend(layer.active_adapters)
    return originals


@torch.no_grad()
def unmerge(model: Any, originals: dict[str, torch.Tensor]) -> None:
    """Undo `merge` bit for bit."""
    for name, layer in _adapted(model):
        if name in originals:
            layer.get_base_layer().weight.copy_(originals[name])
            layer.merged_adapters.clear()

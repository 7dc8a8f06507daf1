"""Keys and values of a batch that grows by one token a step and sheds finished rows."""

from __future__ import annotations

from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from menolab.errors import BadInput

ROOM = 64
"""Columns added at least when a cache is full."""


class RoomyLayer(DynamicLayer):
    """One layer's keys and values [B, H, columns, D] with room to the right, so that a step writes one column instead of copying all.

    Sliding-window layers are kept whole too: the mask that transformers builds from the columns does the windowing.
    """

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, room: int):
        super().__init__()
        self.columns = keys.shape[2]
        self.keys, self.values = _widen(keys, room), _widen(values, room)
        self.is_initialized = True

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Append columns; returns views of everything so far."""
        end = self.columns + key_states.shape[2]
        assert self.keys is not None and self.values is not None
        if end > self.keys.shape[2]:
            room = max(ROOM, self.columns // 2)  # a share of the size, so that the copying stays linear in the length
            self.keys, self.values = _widen(self.keys, room), _widen(self.values, room)
        self.keys[:, :, self.columns : end] = key_states
        self.values[:, :, self.columns : end] = value_states
        self.columns = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def get_seq_length(self) -> int:
        return self.columns


def _widen(states: torch.Tensor, room: int) -> torch.Tensor:
    B, H, columns, D = states.shape
    wide = states.new_zeros(B, H, columns + room, D)  # zeros, not empty: a masked NaN is still NaN times zero
    wide[:, :, :columns] = states
    return wide


def empty_cache(config: Any) -> Cache:
    """A cache to prefill, every layer kept whole.

    Raises:
        BadInput: an architecture whose state is not keys and values of full or sliding-window attention.
    """
    kinds = {type(layer) for layer in DynamicCache(config=config).layers}
    if not kinds <= {DynamicLayer, DynamicSlidingWindowLayer}:
        odd = ", ".join(sorted(kind.__name__ for kind in kinds - {DynamicLayer, DynamicSlidingWindowLayer}))
        raise BadInput("model", config.model_type, f"the in-process engine cannot sample it: its cache has {odd}; use a vLLM engine")
    return Cache(layer_class_to_replicate=DynamicLayer)


def share_prompts(cache: Cache, prompt_B: torch.Tensor, lengths_B: torch.Tensor, room: int) -> Cache:
    """From P right-padded prompts to B rows, row b continuing prompt `prompt_B[b]`, whose columns are moved to end at the last one.

    Left of a short prompt stands a repetition of its first column, to be masked: finite, so that masking it leaves nothing behind.
    """
    layers = []
    for layer in cache.layers:
        assert isinstance(layer, DynamicLayer)
        keys, values = layer.keys, layer.values
        assert keys is not None and values is not None
        width = keys.shape[2]
        if bool((lengths_B == width).all()):
            layers.append(RoomyLayer(keys[prompt_B], values[prompt_B], room))
        else:
            shift_BW = (torch.arange(width, device=keys.device) - (width - lengths_B)[:, None]).clamp(min=0)
            keys, values = (states.transpose(1, 2)[prompt_B[:, None], shift_BW].transpose(1, 2) for states in (keys, values))
            layers.append(RoomyLayer(keys, values, room))
    return Cache(layers=layers)

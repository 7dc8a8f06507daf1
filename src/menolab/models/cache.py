"""Keys and values of prompts, read once and continued by many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from menolab.models.policy import Policy

ROOM = 64
"""Columns added at least when a roomy layer is full."""


class GrownLayer(DynamicLayer):
    """One layer's keys and values [B, H, columns, D], which grow by concatenation: autograd follows them."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor):
        super().__init__()
        self.keys, self.values = keys, values
        self.is_initialized = True


class RoomyLayer(DynamicLayer):
    """One layer's keys and values [B, H, columns, D] with room to the right, so that a step writes one column instead of copying all.

    Written in place: for sampling, not for gradients.
    """

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, room: int = ROOM):
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


def unshareable(config: Any) -> str:
    """What the state of this architecture holds besides keys and values of full or sliding-window attention; "" if nothing."""
    kinds = {type(layer) for layer in DynamicCache(config=config).layers} - {DynamicLayer, DynamicSlidingWindowLayer}
    return ", ".join(sorted(kind.__name__ for kind in kinds))


def read_prompts(policy: Policy, prompts: Sequence[Sequence[int]]) -> tuple[Cache, torch.Tensor]:
    """Run P prompts through the model, once each: their cache, right-padded, and their last hidden states [P, D].

    No mask is needed: a causal model never looks right, so nothing sees the padding. Sliding-window layers are kept whole too: the mask that
    transformers builds over columns does the windowing.
    """
    width = max(map(len, prompts))
    tokens_PW = torch.tensor([[*prompt, *[0] * (width - len(prompt))] for prompt in prompts], device=policy.device)
    cache = Cache(layer_class_to_replicate=DynamicLayer)
    states_PWD = policy.hidden(tokens_PW, past_key_values=cache, use_cache=True)
    last_P = torch.tensor([len(prompt) - 1 for prompt in prompts], device=policy.device)
    return cache, states_PWD[torch.arange(len(prompts), device=policy.device), last_P]


def share(
    cache: Cache, prompt_B: torch.Tensor, lengths_B: torch.Tensor, layer: Callable[[torch.Tensor, torch.Tensor], DynamicLayer]
) -> tuple[Cache, torch.Tensor]:
    """From P right-padded prompts to B rows, row b continuing prompt `prompt_B[b]`, of `lengths_B[b]` tokens. Differentiable.

    Prompts are moved to end at one column, which a window counted in columns needs. Left of a short prompt stands its first column again, to be
    masked: finite, so that masking leaves nothing behind.

    Args:
        layer: `GrownLayer` or `RoomyLayer`.

    Returns:
        The rows' cache, and bool [B, W]: which of its W columns are prompt.
    """
    width = int(lengths_B.max())
    column_BW = torch.arange(width, device=lengths_B.device) - (width - lengths_B)[:, None]
    ragged = bool((lengths_B < width).any())
    layers = []
    for read in cache.layers:
        assert isinstance(read, DynamicLayer)
        both = [states for states in (read.keys, read.values) if states is not None]
        if ragged:
            both = [states.transpose(1, 2)[prompt_B[:, None], column_BW.clamp(min=0)].transpose(1, 2) for states in both]
        else:
            both = [states[prompt_B, :, :width] for states in both]
        layers.append(layer(*both))
    return Cache(layers=layers), column_BW >= 0


def join(first: Cache, first_AW: torch.Tensor, second: Cache, second_BW: torch.Tensor) -> tuple[Cache, torch.Tensor]:
    """Two batches of rows as one, roomy, all ending at one column; and which of its columns each row has written. Columns that no row has are left out.

    Args:
        first_AW: bool, the columns that each row of the first has written; second_BW likewise.
    """
    seen = [first_AW[:, int((~first_AW).all(0).int().argmin()) :], second_BW]
    width = max(part.shape[1] for part in seen)
    layers = []
    for a, b in zip(first.layers, second.layers, strict=True):
        assert isinstance(a, RoomyLayer) and isinstance(b, RoomyLayer)
        keys = torch.cat([_ending_at(width, a.keys, a.columns, seen[0]), _ending_at(width, b.keys, b.columns, seen[1])])
        values = torch.cat([_ending_at(width, a.values, a.columns, seen[0]), _ending_at(width, b.values, b.columns, seen[1])])
        layers.append(RoomyLayer(keys, values))
    return Cache(layers=layers), torch.cat([torch.cat([part.new_zeros(len(part), width - part.shape[1]), part], 1) for part in seen])


def _ending_at(width: int, states: torch.Tensor | None, end: int, seen: torch.Tensor) -> torch.Tensor:
    """The columns before `end` that `seen` speaks of, with zeros on the left up to `width`."""
    assert states is not None
    written = states[:, :, end - seen.shape[1] : end]
    B, H, columns, D = written.shape
    return torch.cat([written.new_zeros(B, H, width - columns, D), written], 2)

"""Rows on the general path: transformers' own forward, with its key-value cache."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from menolab.engines.rows import Rows
from menolab.models.cache import RoomyLayer, join, read_prompts, share
from menolab.models.policy import Policy


class TransformersRows(Rows):
    """Every row's tokens end at one column; columns left of a row's first token are masked."""

    def __init__(self, policy: Policy, dtype: torch.dtype | None = None):
        """`dtype`: of matrix products, by autocast; the weights' own by default."""
        self.policy, self.dtype, device = policy, dtype, policy.device
        self.cache = None
        self.seen_RW = torch.zeros(0, 0, dtype=torch.bool, device=device)  # False left of short rows
        self.length_R = torch.zeros(0, dtype=torch.long, device=device)

    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        device = self.policy.device
        index = {prompt: p for p, prompt in enumerate(dict.fromkeys(prompts))}
        prompt_R = torch.tensor([index[prompt] for prompt in prompts], device=device)
        length_R = torch.tensor([len(prompt) for prompt in prompts], device=device)
        with self._products():
            read, last_PD = read_prompts(self.policy, list(index))
        cache, seen_RW = share(read, prompt_R, length_R, RoomyLayer)
        if self.cache is None or not len(self.length_R):
            self.cache, self.seen_RW, self.length_R = cache, seen_RW, length_R
        else:
            self.cache, self.seen_RW = join(self.cache, self.seen_RW, cache, seen_RW)
            self.length_R = torch.cat([self.length_R, length_R])
        return self.policy.logits(last_PD)[prompt_R]

    def step(self, token_R: torch.Tensor) -> torch.Tensor:
        self.seen_RW = torch.cat([self.seen_RW, self.seen_RW.new_ones(len(token_R), 1)], 1)
        with self._products():
            states = self.policy.hidden(
                token_R[:, None],
                attention_mask=None if bool(self.seen_RW.all()) else self.seen_RW,
                position_ids=self.length_R[:, None].clamp(max=self.policy.context - 1),  # a finished row may have no position left
                past_key_values=self.cache,
                use_cache=True,
            )
        self.length_R = self.length_R + 1
        return self.policy.logits(states[:, -1])

    def _products(self) -> torch.autocast:
        return torch.autocast(self.policy.device.type, self.dtype, enabled=self.dtype is not None)

    def keep(self, index: torch.Tensor) -> None:
        assert self.cache is not None
        self.cache.batch_select_indices(index)
        self.seen_RW, self.length_R = self.seen_RW[index], self.length_R[index]

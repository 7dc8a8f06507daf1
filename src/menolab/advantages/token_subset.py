"""Learn from a random subset of each response's tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import BadInput, check_range
from menolab.keys import Key, uniforms
from menolab.records import Batch


@dataclass(frozen=True)
class TokenSubset(Advantage):
    """Credit on a subset T of each response's tokens: the first ones always, later ones with probability `share` while T has room; zero elsewhere.

    Lee and Tong 2025 (S-GRPO), arXiv:2504.20834: t in T for t < alpha, then by Bernoulli(P) while |T| < k. Credit inside is multiplied by
    |response| / |T|, so that a mean over the response is the mean over T. Lengths are fractions of the ground's token limit. The draws depend on the
    rollout's own key alone. Left out: the memory that skipping the other tokens would save.
    """

    paper = "arXiv:2504.20834"

    first: float = 0.25
    """alpha: so much of the token limit is always taken."""
    share: float = 0.5
    """P, chance of each later token."""
    most: float = 0.5
    """k: at most so much of the token limit is taken."""

    def __post_init__(self) -> None:
        check_range("first", self.first, 0.0, 1.0)
        check_range("share", self.share, 0.0, 1.0)
        check_range("most", self.most, 0.0, 1.0, open_low=True)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        taken_BT = self.taken(batch)
        factor_B = batch.mask_BT.sum(-1).double() / taken_BT.sum(-1).clamp_min(1)
        return (torch.where(taken_BT, credit_BT.double(), 0.0) * factor_B[:, None]).float()

    def taken(self, batch: Batch) -> torch.Tensor:
        """bool `[B, T]`: the subset."""
        keys = [key for key in batch.keys if isinstance(key, Key)]
        if len(keys) != len(batch.reward_B):
            raise BadInput("batch.keys", len(keys), "TokenSubset draws from each rollout's own key; the sampler must set Rollout.key")
        limit, width = batch.totals.limit, batch.mask_BT.shape[1]
        bits_B = np.array([key.fold("token_subset").bits() for key in keys], dtype=np.uint64)
        drawn_BT = torch.from_numpy(uniforms(bits_B, 0, width)).to(batch.mask_BT.device) < self.share
        always_T = torch.arange(width, device=batch.mask_BT.device) < round(self.first * limit)
        wanted_BT = (always_T | drawn_BT) & batch.mask_BT
        return wanted_BT & (wanted_BT.cumsum(-1) <= max(1, round(self.most * limit)))

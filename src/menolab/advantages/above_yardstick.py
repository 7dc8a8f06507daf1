"""Learn only from rollouts that are at least as good as the yardstick."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.records import Batch


@dataclass(frozen=True)
class AboveYardstick(Advantage):
    """Credit of rollouts whose reward is below that of their group's yardstick is 0; of all others, and where there is no yardstick, it stays.

    Qin et al. 2025 (RAIF), arXiv:2506.01413, "superior CoT enforcement by sample-wise contrast": the yardstick is the response to the same prompt
    without reasoning, and a rollout enters the loss only if its score is at least that one's. As in the authors' code a rollout without a readable
    answer stays in, since its fault is the form. Behind the baseline and scale, which count all rollouts.
    """

    paper = "arXiv:2506.01413"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        if batch.yardstick_B is None:
            return credit_BT
        unread = [answer is None for answer in batch.answers] or [False] * len(batch.reward_B)  # a batch need not know its answers
        unread_B = torch.tensor(unread, device=credit_BT.device)
        below_B = (batch.reward_B < batch.yardstick_B) & ~unread_B  # NaN, where there is none, is below nothing
        return torch.where(below_B[:, None], 0.0, credit_BT.double()).float()

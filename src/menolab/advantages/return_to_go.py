"""Add what rewards a token are still to come."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.advantages.kl_in_reward import to_go
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class ReturnToGo(Advantage):
    """Credit plus sum_{s >= t} discount^(s - t) r_s over the rewards r of this and all later tokens.

    First in a chain: credit is the return to go of the whole response's reward, and this adds that of rewards a token, with a discount of their own as
    in Yeo et al. 2025, arXiv:2502.03373 (the authors' scripts: 1 for the outcome, 0.99 for repetition).
    """

    paper = "arXiv:2502.03373"
    needs = frozenset({"token_rewards"})

    discount: float = 1.0

    def __post_init__(self) -> None:
        check_range("discount", self.discount, 0.0, 1.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        assert batch.token_rewards_BT is not None
        reward_BT = torch.where(batch.mask_BT, batch.token_rewards_BT.double(), 0.0)
        return (credit_BT.double() + to_go(reward_BT, self.discount)).float()

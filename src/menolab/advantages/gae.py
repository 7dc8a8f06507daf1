"""Generalised advantage estimation, given a critic's values."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.advantages.kl_in_reward import to_go
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class GAE(Advantage):
    """A_t = sum_l (discount decay)^l delta_{t+l} with delta_t = r_t + discount V_{t+1} - V_t, and V = 0 after the last token.

    Schulman et al. 2015, arXiv:1506.02438, eq. 16. The reward of a token is how much the credit so far (a return to go) drops behind it: all of it
    at the last token, plus what `KLInReward` took off on the way. decay = 1 gives the discounted return minus V, decay = 0 gives delta.
    """

    paper = "arXiv:1506.02438, eq. 16"
    needs = frozenset({"values"})

    discount: float = 1.0
    """gamma."""
    decay: float = 0.95
    """lambda."""

    def __post_init__(self) -> None:
        check_range("discount", self.discount, 0.0, 1.0)
        check_range("decay", self.decay, 0.0, 1.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        assert batch.values_BT is not None
        return_BT = torch.where(batch.mask_BT, credit_BT.double(), 0.0)
        value_BT = torch.where(batch.mask_BT, batch.values_BT.double(), 0.0)
        delta_BT = return_BT - _next(return_BT) + self.discount * _next(value_BT) - value_BT
        return to_go(delta_BT, self.discount * self.decay).float()


def _next(values_BT: torch.Tensor) -> torch.Tensor:
    """Each token's successor's value, 0 after the last."""
    return torch.nn.functional.pad(values_BT[:, 1:], (0, 1))

"""Add the return of process rewards a token."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, group_sums
from menolab.advantages.kl_in_reward import to_go
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class TokenRewards(Advantage):
    """Credit plus sum_{s >= t} discount^(s - t) (r_s - mean over the group's other rollouts of their mean token reward).

    Cui et al. 2025 (PRIME), arXiv:2502.01456, eq. 5: behind `LeaveOneOut` it is the paper's advantage, leave-one-out of outcomes plus the discounted return
    of leave-one-out-centred implicit process rewards. A rollout alone in its group has no others to be centred by and gets nothing added. The
    authors' code centres by n / (n - 1) r_s minus the group's sum / (n - 1), which differs by (r_s - own mean) / (n - 1).
    """

    paper = "arXiv:2502.01456, eq. 5"
    needs = frozenset({"token_rewards"})

    discount: float = 1.0

    def __post_init__(self) -> None:
        check_range("discount", self.discount, 0.0, 1.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        assert batch.token_rewards_BT is not None
        reward_BT = torch.where(batch.mask_BT, batch.token_rewards_BT.double(), 0.0)
        length_B = batch.mask_BT.sum(-1)
        counted_B = ((length_B > 0) & ~batch.reward_B.isnan()).double()
        mean_B = reward_BT.sum(-1) / length_B.clamp_min(1)
        others_B = group_sums(counted_B, batch.group_B) - counted_B
        baseline_B = (group_sums(mean_B * counted_B, batch.group_B) - mean_B * counted_B) / others_B.clamp_min(1.0)
        centred_BT = torch.where(batch.mask_BT & (others_B > 0)[:, None], reward_BT - baseline_B[:, None], 0.0)
        return (credit_BT.double() + to_go(centred_BT, self.discount)).float()

"""OPO: on-policy learning with the optimal reward baseline."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.optimal_baseline import OptimalBaseline
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2505.23585", claim="The optimal baseline trains more stably and keeps responses more diverse.", effect="entropy up")
def opo(group: int = 8) -> Reinforce:
    """OPO: exact on-policy policy gradient, the group's length-weighted mean reward as the baseline of least variance, and nothing else.

    Hao et al. 2025, "On-Policy RL with Optimal Reward Baseline", arXiv:2505.23585: one update a batch, no clipping, no KL, no entropy term.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((OptimalBaseline(),)),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

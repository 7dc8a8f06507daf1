"""REINFORCE: the policy gradient itself."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.batch_baseline import BatchBaseline
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="Williams 1992, eq. 4")
def reinforce(group: int = 1) -> Reinforce:
    """REINFORCE: reward minus the batch's mean reward, times the gradient of the response's log-probability.

    Williams 1992, "Simple statistical gradient-following algorithms for connectionist reinforcement learning", Machine Learning 8, eq. 4 with reinforcement
    comparison (section 5) as the baseline. One rollout a problem by default, so that the problems of a batch are many.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((BatchBaseline(),)),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

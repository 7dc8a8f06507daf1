"""RLOO: REINFORCE with a leave-one-out baseline."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2402.14740, section 2.2", claim="A leave-one-out baseline does better than PPO; nothing is said against GRPO.")
def rloo(group: int = 8) -> Reinforce:
    """RLOO: each rollout is compared with the mean reward of the others in its group; plain policy gradient of whole responses.

    Ahmadian et al. 2024, "Back to Basics: Revisiting REINFORCE Style Optimization for Learning from Human Feedback in LLMs", arXiv:2402.14740, section 2.2.
    The paper subtracts a KL term from the reward and uses k = 2 and 4; verifiable rewards need no such leash, so it is left out.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((LeaveOneOut(),)),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

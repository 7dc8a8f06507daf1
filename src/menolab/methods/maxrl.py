"""MaxRL: maximum likelihood reinforcement learning."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.success_scale import SuccessScale
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2602.02710", claim="Maximising likelihood instead of pass rate keeps pass@k where GRPO loses it.", effect="pass@k up")
def maxrl(group: int = 8) -> Reinforce:
    """MaxRL: credit is divided by the group's success rate, so that more rollouts come closer to maximising the log-probability of being right.

    Tajwar et al. 2026, "Maximum Likelihood Reinforcement Learning", arXiv:2602.02710. The number of rollouts sets how many terms of log p are maximised:
    pass@1 alone with few, the likelihood with many.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), SuccessScale())),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

"""REINFORCE++: critic-free policy gradient with global advantage normalisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.kl_in_reward import KLInReward
from menolab.advantages.whiten import Whiten
from menolab.losses.aggregation import SequenceMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2501.03262", catalogue="reinforce-pp",
    claim="Normalising over the whole batch is more stable and generalises better than GRPO.",
    effect="pass@1 up",
)
def reinforce_pp(group: int = 1, epsilon: float = 0.2, beta: float = 0.01) -> Reinforce:
    """REINFORCE++: reward minus a KL penalty a token, standardised over the whole batch, with PPO's clipping; one rollout a problem is enough.

    Hu et al. 2025, "REINFORCE++: Stabilizing Critic-Free Policy Optimization with Global Advantage Normalization", arXiv:2501.03262.
    beta = 0 needs no reference policy.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((KLInReward(beta), Whiten()) if beta else (Whiten(),)),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), SequenceMean()),
    )


@published(
    paper="arXiv:2501.03262", catalogue="reinforce-pp",
    claim="With a group baseline before it, batch normalisation does better than GRPO on hard problems.",
    effect="pass@1 up",
)
def reinforce_pp_baseline(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """REINFORCE++ with baseline: the group's mean reward is subtracted, then the credit is standardised over the whole batch.

    Hu et al. 2025, arXiv:2501.03262, the variant for groups (k > 1). Left out: its small KL term, in the loss rather than in the reward.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), Whiten())),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), SequenceMean()),
    )

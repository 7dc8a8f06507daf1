"""GPG: group policy gradient."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.alive_scale import AliveScale
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.aggregation import TokenMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2504.02546", claim="The plain policy gradient, corrected for dead groups, does better than GRPO.", effect="pass@1 up")
def gpg(group: int = 8) -> Reinforce:
    """GPG: the plain policy gradient of groups, scaled up by the share of groups that have any variance; no surrogate, no KL.

    Chu et al. 2025, "GPG: A Simple and Strong Reinforcement Learning Baseline for Model Reasoning", arXiv:2504.02546, F_norm = 1 and alpha = B / (B - M).
    Left out: drawing again until a share beta_th of the samples is valid (`draws` with the filter MixedRewards does so for all of them).
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), AliveScale())),
        loss=PolicyLoss(OnPolicy(), Linear(), TokenMean()),
    )

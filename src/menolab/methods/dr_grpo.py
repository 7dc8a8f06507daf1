"""Dr. GRPO: GRPO done right."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.aggregation import LimitMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2503.20783, section 3.2", catalogue="dr-grpo",
    claim="Without division by deviation and length, responses stop growing and accuracy stays.",
    effect="length down",
)
def dr_grpo(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """Dr. GRPO: no division by the group's deviation, no division by the response's length; an unbiased policy gradient up to a constant.

    Liu et al. 2025, "Understanding R1-Zero-Like Training: A Critical Perspective", arXiv:2503.20783, section 3.2 and listing 1: A = r - mean(r), token losses
    summed and divided by one constant, the token limit. Left out: the paper's study of templates.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(),)),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), LimitMean()),
    )

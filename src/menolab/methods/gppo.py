"""GPPO: gradient-preserving clipping."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.losses.aggregation import TokenMean
from menolab.losses.gradient_preserving_clip import GradientPreservingClip
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2508.07629", catalogue="gppo",
    claim="Keeping the gradient of clipped tokens gains accuracy over GRPO and clip-higher.",
    effect="pass@1 up",
)
def gppo(group: int = 8, low: float = 0.2, high: float = 0.28, minibatches: int = 4) -> Reinforce:
    """GPPO: GRPO over tokens whose clipped tokens keep the gradient of the bound.

    Su et al. 2025, "Klear-Reasoner", arXiv:2508.07629; clip ranges and token mean as in the authors' scripts, the number of updates a batch is ours. Left out:
    the long chain-of-thought fine-tuning before it and the likelihood term on right answers.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), GroupScale())),
        loss=PolicyLoss(TokenRatio(), GradientPreservingClip(low, high), TokenMean()),
        minibatches=minibatches,
    )

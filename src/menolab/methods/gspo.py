"""GSPO: group sequence policy optimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.losses.aggregation import SequenceMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.sequence_ratio import SequenceRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2507.18071", claim="Sequence ratios train better and more stably than token ratios.", effect="pass@1 up")
def gspo(group: int = 8, low: float = 3e-4, high: float = 4e-4, minibatches: int = 4) -> Reinforce:
    """GSPO: GRPO with one clipped ratio a response, the geometric mean of its tokens' ratios.

    Zheng et al. 2025, "Group Sequence Policy Optimization", arXiv:2507.18071; clip ranges and four updates a batch of rollouts as in section 5.1
    (with one update a batch the ratio is 1 and GSPO is GRPO).
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), GroupScale())),
        loss=PolicyLoss(SequenceRatio(), Clip(low, high), SequenceMean()),
        minibatches=minibatches,
    )

"""SAPO: soft adaptive policy optimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.losses.aggregation import SequenceMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.soft_gate import SoftGate
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2511.20347", claim="A soft gate in place of the clip gains accuracy at equal budget.", effect="pass@1 up")
def sapo(group: int = 8, positive: float = 1.0, negative: float = 1.05, minibatches: int = 4) -> Reinforce:
    """SAPO: GRPO with a smooth gate in place of the clip, which fades faster for negative advantages.

    Gao et al. 2025, "Soft Adaptive Policy Optimization", arXiv:2511.20347; temperatures as there, the number of updates a batch as in GSPO of the same group.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), GroupScale())),
        loss=PolicyLoss(TokenRatio(), SoftGate(positive, negative), SequenceMean()),
        minibatches=minibatches,
    )

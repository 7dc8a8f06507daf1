"""GRPO: group relative policy optimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.losses.aggregation import SequenceMean
from menolab.losses.penalty import KLToReference, NoPenalty
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2402.03300, eq. 3", catalogue="grpo",
    claim="Reinforcement with verifiable rewards raises accuracy without a critic.",
    effect="pass@1 up",
)
def grpo(group: int = 8, epsilon: float = 0.2, beta: float = 0.0) -> Reinforce:
    """GRPO: rewards standardised within the group of one problem, clipped token ratio, mean over each response's tokens.

    Shao et al. 2024, "DeepSeekMath", arXiv:2402.03300, eq. 3, outcome supervision (section 4.1.2). The paper sets G = 64, beta = 0.04 and one update
    a batch; beta = 0 here, as most work on verifiable rewards since (DAPO, Dr. GRPO). Left out: process supervision (4.1.3), iterative reward models (4.1.4).
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), GroupScale())),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), SequenceMean(), KLToReference(beta) if beta else NoPenalty()),
    )

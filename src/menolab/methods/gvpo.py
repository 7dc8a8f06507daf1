"""GVPO: group variance policy optimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.group_variance import GroupVariance
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2504.19599", catalogue="gvpo", claim="Fitting the closed form of the optimum does better than GRPO.", effect="pass@1 up")
def gvpo(group: int = 8, beta: float = 0.1, minibatches: int = 4) -> Reinforce:
    """GVPO: rewards regressed on beta log pi/pi_old, both centred within the group.

    Zhang et al. 2025, arXiv:2504.19599; beta and the sampling policy as the anchor from the authors' code. Groups stay whole in every update.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(),)),
        loss=GroupVariance(beta),
        minibatches=minibatches,
    )

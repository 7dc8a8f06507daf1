"""UFT: supervised and reinforcement fine-tuning in one."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.given_likelihood import GivenLikelihood
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.losses.aggregation import TokenMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.hinted import Hinted
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.16984", catalogue="uft",
    claim="Hints that fade, learnt from as well, do better than reinforcement alone.",
    effect="pass@1 up",
)
def uft(group: int = 4, epsilon: float = 0.2, weight: float = 0.001) -> Reinforce:
    """UFT: rollouts go on from a hint, ever less of a worked solution; the hint is learnt by likelihood and what follows by GRPO.

    Liu et al. 2025, "UFT: Unifying Supervised and Reinforcement Fine-Tuning", arXiv:2505.16984; schedule, slices and weight of the authors' code (hints
    fade over the first 60 % of training). Left out: its KL term. The ground's task must write demonstrations.
    """
    return replace(
        grpo(group, epsilon),
        sampler=Hinted(group),
        advantage=Chain((GroupBaseline(), GroupScale(), GivenLikelihood(weight))),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), TokenMean()),
    )

"""DGRO: decoupled group reward optimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.mirror_descent import MirrorDescent
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.12951", catalogue="dgro",
    claim="Separate coefficients for the policy term and the regulariser gain accuracy.",
    effect="pass@1 up",
)
def dgro(group: int = 8, beta1: float = 1.0, beta2: float = 0.05, minibatches: int = 4) -> Reinforce:
    """DGRO: OPMD with one weight for the policy gradient (exploit) and another for the distance from the sampling policy.

    "DGRO: Enhancing LLM Reasoning via Exploration-Exploitation Control and Reward Variance Management", arXiv:2505.12951; its loss as in a
    published review of the paper, its values of the weights were not at hand: those here make it OPMD with tau = 0.1. The soft value is the group's mean
    reward. Their reward variance is a matter of the rewards: set `weights` to spread them.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(),)),
        loss=MirrorDescent(beta1, beta2),
        minibatches=minibatches,
    )

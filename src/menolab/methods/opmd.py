"""OPMD: the online policy mirror descent of Kimi k1.5."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.mirror_descent import MirrorDescent
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2501.12599", catalogue="opmd",
    claim="A squared surrogate of the regularised optimum trains long reasoning; nothing is said against GRPO.",
)
def opmd(group: int = 8, tau: float = 0.1, minibatches: int = 4) -> Reinforce:
    """OPMD: policy gradient with the group's mean reward as baseline and a squared log-ratio to the policy that sampled, off policy without ratios.

    Kimi Team 2025, "Kimi k1.5", arXiv:2501.12599; tau and the number of updates a batch are ours. Trinity-RFT's algorithm of
    the same name is another one: -A log pi / (1 + tau), without the square. Left out: resetting the optimiser at every batch, the length penalty and
    the sampling strategies.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(),)),
        loss=MirrorDescent(gain=1.0, pull=tau / 2),
        minibatches=minibatches,
    )

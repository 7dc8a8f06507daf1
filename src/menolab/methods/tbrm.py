"""TBRM: trajectory Bellman residual minimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.losses.bellman_residual import BellmanResidual
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.15311", catalogue="tbrm",
    claim="Regressing logits on trajectory returns does better than PPO and GRPO.",
    effect="pass@1 up",
)
def tbrm(group: int = 1, beta: float = 0.1, minibatches: int = 1) -> Reinforce:
    """TBRM: logits as action values, one squared Bellman residual a response, no baseline, ratio or clip; one rollout a problem suffices.

    Yuan et al. 2025, arXiv:2505.15311; logits as Q-values over beta, one squared residual a trajectory and one rollout a problem are confirmed by its abstract
    and a published review, the equation's text and beta were not at hand: the latter is ours. Wants sampling without truncation (top-k, top-p).
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain(),
        loss=BellmanResidual(beta),
        minibatches=minibatches,
    )

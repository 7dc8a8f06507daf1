"""RLVR: reinforcement learning with verifiable rewards."""

from __future__ import annotations

from dataclasses import replace

from menolab.losses.penalty import KLToReference, NoPenalty
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.rloo import rloo
from menolab.pieces import published
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2411.15124", catalogue="rlvr",
    claim="Verifiable rewards raise accuracy on tasks with checkable answers; nothing is said against GRPO.",
)
def rlvr(group: int = 8, beta: float = 0.0) -> Reinforce:
    """RLVR: maximise E[r] - beta KL(pi || pi_ref), r a verifier's verdict and nothing else.

    Lambert et al. 2024 (Tulu 3), arXiv:2411.15124, who name it and train with PPO and a critic. Any policy gradient does; here the plain one with the
    leave-one-out baseline.
    """
    method = rloo(group)
    assert isinstance(method.loss, PolicyLoss)
    return replace(method, loss=replace(method.loss, penalty=KLToReference(beta) if beta else NoPenalty()))

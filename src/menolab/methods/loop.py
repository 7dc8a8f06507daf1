"""LOOP: leave-one-out PPO."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.losses.aggregation import SequenceMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2502.01600", catalogue="loop-appworld", claim="Leave-one-out PPO does better than GRPO on agents.", effect="pass@1 up")
def loop(group: int = 8, epsilon: float = 0.2, epochs: int = 2, minibatches: int = 2) -> Reinforce:
    """LOOP: leave-one-out advantages under PPO's clip a token, each batch used for several updates; no critic.

    Chen et al. 2025, "Reinforcement Learning for Long-Horizon Interactive LLM Agents", arXiv:2502.01600. Left out: the interactive
    environment; conversations of two turns have `TwoTurns`, `ByTurn` and `LastAttempt` as sampler, filter and reward.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((LeaveOneOut(),)),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), SequenceMean()),
        epochs=epochs,
        minibatches=minibatches,
    )

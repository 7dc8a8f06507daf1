"""PRIME: process reinforcement through implicit rewards."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.advantages.token_rewards import TokenRewards
from menolab.curricula.accuracy_range import AccuracyRange
from menolab.losses.aggregation import TokenMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.implicit_reward import ImplicitReward
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2502.01456, eq. 5", catalogue="prime",
    claim="Dense token rewards from an implicit process model learn faster and end higher than outcome rewards alone.",
    effect="pass@1 up",
)
def prime(group: int = 4, epsilon: float = 0.2, beta: float = 0.05, discount: float = 1.0, minibatches: int = 4, draws: int = 4) -> Reinforce:
    """PRIME: leave-one-out advantages of outcomes plus the return of implicit process rewards a token, whose model learns online from outcomes alone.

    Cui et al. 2025, "Process Reinforcement through Implicit Rewards", arXiv:2502.01456, eqs. 3, 5, 6 and algorithm 1; 4 responses a prompt, beta 0.05, 4
    updates a batch of policy and reward model, and problems between 0.2 and 0.8 right, drawn until the step is full (at most `draws` rounds), from section 4.1
    and the authors' code. Left out of that code: standardising the advantages over the batch, dropping truncated responses, a norm of 10 in clipping the reward
    model's gradient (the setup's is taken).
    """
    return Reinforce(
        sampler=Independent(group),
        filters=(AccuracyRange(),),
        advantage=Chain((LeaveOneOut(), TokenRewards(discount))),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), TokenMean()),
        process=ImplicitReward(beta, minibatches=minibatches),
        minibatches=minibatches,
        draws=draws,
    )

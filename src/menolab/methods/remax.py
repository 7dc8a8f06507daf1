"""ReMax: the greedy response is the baseline."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.greedy_baseline import GreedyBaseline
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.with_greedy import WithGreedy
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2310.10505", claim="A greedy response is baseline enough to do without PPO's critic; nothing is said against GRPO.")
def remax(group: int = 2) -> Reinforce:
    """ReMax: REINFORCE with the reward of the greedy response to the same problem as its baseline.

    Li et al. 2023, "ReMax: A Simple, Effective, and Efficient Reinforcement Learning Method for Aligning Large Language Models", arXiv:2310.10505: one
    draw and one greedy response a problem. Left out: its KL term, as verifiable rewards need no such leash.
    """
    return Reinforce(
        sampler=WithGreedy(group),
        advantage=Chain((GreedyBaseline(),)),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

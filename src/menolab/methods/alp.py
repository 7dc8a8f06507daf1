"""ALP: tokens cost more on problems that the model can solve."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.adaptive_length_penalty import AdaptiveLengthPenalty
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2506.05256", catalogue="alp",
    claim="A length penalty scaled by how often a problem is solved halves length at nearly equal accuracy.",
    effect="length down",
)
def alp(group: int = 8, epsilon: float = 0.2, beta: float = 0.2) -> Reinforce:
    """ALP: GRPO with a penalty on length whose weight is the problem's solve rate in its own group.

    Xiang et al. 2025, "Just Enough Thinking: Efficient Reasoning with Adaptive Length Penalties Reinforcement Learning", arXiv:2506.05256. beta is ours, as
    the cost of a response as long as the limit; the paper's was not at hand.
    """
    return replace(grpo(group, epsilon), rewards=(Accuracy(), AdaptiveLengthPenalty(beta)))

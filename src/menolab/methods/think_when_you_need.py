"""Think When You Need: pairwise comparison of correctness, then of length."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.pairwise_brevity import PairwiseBrevity
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2504.03234", catalogue="think-when-you-need",
    claim="Comparing right responses by length shortens them without losing accuracy.",
    effect="length down",
)
def think_when_you_need(group: int = 8, epsilon: float = 0.2, margin: float = 10.0) -> Reinforce:
    """TWYN: GRPO whose rewards are points made against the other rollouts and two references, standardised with them.

    Yang et al. 2025, "Think When You Need: Self-Adaptive Chain-of-Thought Learning", arXiv:2504.03234; margin and references of the authors' code. Left out:
    tasks without a right answer, which the paper compares by a judge.
    """
    return replace(grpo(group, epsilon), rewards=(PairwiseBrevity(margin),), advantage=Chain())

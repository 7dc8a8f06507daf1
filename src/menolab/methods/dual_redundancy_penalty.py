"""Penalties on internal and on external redundancy."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.redundancy import Redundancy
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2508.02178", catalogue="dual-redundancy-penalty",
    claim="Penalising redundancy before and after the first right step shortens responses with little loss.",
    effect="length down",
)
def dual_redundancy_penalty(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """GRPO in which a right answer is worth less the more its trace stands still, and the longer it goes on behind the answer.

    Hong et al. 2025, "Reconsidering Overthinking: Penalizing Internal and External Redundancy in CoT Reasoning", arXiv:2508.02178.
    """
    return replace(grpo(group, epsilon), rewards=(Redundancy(),))

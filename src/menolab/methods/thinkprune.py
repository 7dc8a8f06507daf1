"""ThinkPrune: a token limit that tightens."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.pruned import Pruned
from menolab.schedules import Stairs
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2504.01296", catalogue="thinkprune",
    claim="A tightening token limit halves length with little loss of accuracy.",
    effect="length down",
)
def thinkprune(group: int = 8, epsilon: float = 0.2, beta: float = 0.001, shares: tuple[float, ...] = (1.0, 0.75, 0.5)) -> Reinforce:
    """ThinkPrune: GRPO under a hard token limit that falls from round to round, stated in the prompt; what is cut off earns nothing.

    Hou et al. 2025, "ThinkPrune: Pruning Long Chain-of-Thought of LLMs via Reinforcement Learning", arXiv:2504.01296: 4K, 3K, 2K tokens; KL weight of the
    authors' scripts, with groups of 16. The ground's limit is the first of them.
    """
    return replace(grpo(group, epsilon, beta), sampler=Pruned(group, Stairs(shares)))

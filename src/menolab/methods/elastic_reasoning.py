"""Elastic Reasoning: thinking that may be cut, answers that may not."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.elastic import Elastic
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.05315", catalogue="elastic-reasoning",
    claim="Trained under separate budgets, answers stay right when thinking is cut; nothing is said of free thinking.",
)
def elastic_reasoning(group: int = 8, epsilon: float = 0.2, beta: float = 0.001, think: float = 0.5, answer: float = 0.5) -> Reinforce:
    """Elastic Reasoning: GRPO on rollouts with separate budgets for thinking and answering, so that a cut-off thought still leads to an answer.

    Xu et al. 2025, "Scalable Chain of Thoughts via Elastic Reasoning", arXiv:2505.05315; equal budgets and beta as in the authors' script (1K and 1K tokens
    where responses may have 16K: set shares well below 1/2 where the ground's limit is roomy).
    """
    return replace(grpo(group, epsilon, beta), sampler=Elastic(group, think, answer))

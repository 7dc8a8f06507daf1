"""Advantage reweighting and Lopti: unlikely tokens must not dominate."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.probability_split import ProbabilitySplit
from menolab.advantages.probability_weight import ProbabilityWeight
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2505.12929", catalogue="ar-lopti", claim="Taming rare tokens' gradients gains accuracy over GRPO.", effect="pass@1 up")
def ar_lopti(group: int = 8, epsilon: float = 0.2, alpha: float = 0.3, eta: float = 0.5) -> Reinforce:
    """AR + Lopti: GRPO whose credit is weighted by the token's probability, and which updates on unlikely tokens first and on likely ones after.

    Yang et al. 2025, "Do Not Let Low-Probability Tokens Over-Dominate in RL for LLMs", arXiv:2505.12929; alpha and eta of the authors' script for both.
    alpha = 0 is Lopti alone; passes=Chain is reweighting alone (the authors then take alpha = 0.2).
    """
    return replace(
        grpo(group, epsilon),
        advantage=Chain((GroupBaseline(), GroupScale(), ProbabilityWeight(alpha))),
        passes=(ProbabilitySplit(eta), ProbabilitySplit(eta, likely=True)),
    )

"""PTA-GRPO: a plan, then the work, and credit for plans that work."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.plan_format import PlanFormat
from menolab.rewards.plan_quality import PlanQuality
from menolab.samplers.planned import Planned
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2510.01833", catalogue="pta-grpo",
    claim="Planning before answering, rewarded for the plan, does better than GRPO.",
    effect="pass@1 up",
)
def pta_grpo(
    group: int = 8, plans: int = 4, epsilon: float = 0.2, quality: float = 1.0, form: float = 0.1, share: float = 0.25
) -> Reinforce:
    """PTA-GRPO's reinforcement: several plans a problem, several responses a plan; a response is worth its answer, its form and its plan's mean accuracy.

    Dou et al. 2025, "Plan Then Action: High-Level Planning Guidance Reinforcement Learning for LLM Reasoning", arXiv:2510.01833. The paper's weights and
    numbers of samples were not at hand; those here are ours. Its first stage is the ground's cold start, on demonstrations that begin with
    <plan>...</plan>. Left out: the larger model that condenses worked responses into plans.
    """
    return replace(
        grpo(group, epsilon),
        sampler=Planned(group, plans, share),
        rewards=(Accuracy(), PlanQuality(), PlanFormat()),
        weights=(1.0, quality, form),
    )

"""SEED-GRPO: uncertain problems move the policy less."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.semantic_entropy_scale import SemanticEntropyScale
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.12346", catalogue="seed-grpo",
    claim="Smaller updates where answers disagree gain accuracy over GRPO.",
    effect="pass@1 up",
)
def seed_grpo(group: int = 8, epsilon: float = 0.2, alpha: float = 0.5, shape: str = "linear") -> Reinforce:
    """SEED-GRPO: reward minus the group's mean, scaled down by the semantic entropy of the group's answers.

    Chen et al. 2025, "SEED-GRPO: Semantic Entropy Enhanced GRPO for Uncertainty-Aware Policy Optimization", arXiv:2505.12346. A_i = r_i - mean r
    and f(alpha SE / SE_max) as in a published review of the paper; the authors' repository holds no code, and alpha is ours. Left out: the focal shape.
    """
    return replace(grpo(group, epsilon), advantage=Chain((GroupBaseline(), SemanticEntropyScale(alpha, shape))))

"""Light-IF: reinforcement that guards entropy where it is about to be lost."""

from __future__ import annotations

from dataclasses import replace

from menolab.losses.aggregation import TokenMean
from menolab.losses.dual_clip import DualClip
from menolab.losses.entropy_bonus import AdaptiveEntropyBonus
from menolab.losses.penalty import KLToReference, Penalties
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2508.03178", catalogue="light-if",
    claim="Entropy-aware RL against lazy thinking follows more instructions; nothing is said against GRPO on mathematics.",
)
def light_if(group: int = 8, weight: float = 10.0, largest: float = 5.0, beta: float = 0.001, minibatches: int = 4) -> Reinforce:
    """Light-IF's TEA-RL: GRPO with an entropy bonus a token, a wide clip, a weak KL and a mean over tokens.

    Wang et al. 2025, "Light-IF: Endowing LLMs with Generalizable Reasoning via Preview and Self-Checking for Complex Instruction Following",
    arXiv:2508.03178; all constants are those of the authors' scripts (clip 1 on both sides, dual clip 10). The cold start before it is Entropy-SFT:
    `cold_start.loss=HighLossTokens`. The reward is the verifier's score: where the ground checks several constraints it is the share that holds. Left out:
    prompts sorted into hard, easy and passed, and the run that makes the cold start's responses.
    """
    penalty = Penalties((AdaptiveEntropyBonus(weight, largest), KLToReference(beta)))
    return replace(grpo(group), loss=PolicyLoss(TokenRatio(), DualClip(1.0, 1.0, 10.0), TokenMean(), penalty), minibatches=minibatches)

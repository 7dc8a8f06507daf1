"""S-GRPO: early exit via reinforcement learning."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.decaying_exits import DecayingExits
from menolab.samplers.serial_exits import SerialExits
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.07686", catalogue="s-grpo",
    claim="Rewards early right exits: shorter responses and higher accuracy.",
    effect="length down",
)
def s_grpo(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """S-GRPO: one thought is left at several places; the earliest exit that is right earns most, and each is compared with the others' mean.

    Dai et al. 2025, "S-GRPO: Early Exit via Reinforcement Learning in Reasoning Models", arXiv:2505.07686: advantages without a deviation, the clipped
    objective on every token of every exit, so that the tokens before the first cut carry the credit of all. Not the S-GRPO of Lee and Tong
    (`stochastic_grpo`).
    """
    return replace(grpo(group, epsilon), sampler=SerialExits(group), rewards=(DecayingExits(),), advantage=Chain((GroupBaseline(),)))

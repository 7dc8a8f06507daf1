"""RAIF: reasoning for complex instructions, where it helps."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.above_yardstick import AboveYardstick
from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.compliance import Compliance
from menolab.samplers.without_thought import WithoutThought
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2506.01413", catalogue="raif",
    claim="Rule rewards and contrast with the base model follow complex instructions better; nothing is said against GRPO.",
)
def raif(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """RAIF: GRPO on the share of constraints met, learning only from rollouts that are no worse than the answer without reasoning.

    Qin et al. 2025, "Incentivizing Reasoning for Advanced Instruction-Following of Large Language Models", arXiv:2506.01413. Form has weight 2, since it
    is 1 or -1 in the authors' code. The task's verifier says which share of the constraints is met (its score). The contrast is of whole rewards, where
    the code counts constraints met. Left out: the behaviour cloning of expert traces, which wants data beside the rollouts.
    """
    return replace(
        grpo(group, epsilon),
        sampler=WithoutThought(group),
        rewards=(AnswerFormat(), Compliance()),
        weights=(2.0, 1.0),
        advantage=Chain((GroupBaseline(), GroupScale(), AboveYardstick())),
    )

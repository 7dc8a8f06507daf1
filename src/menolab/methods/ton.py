"""TON: think or not."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.answer_format import AnswerFormat
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.16854", catalogue="ton",
    claim="Leaves the thought out where it is not needed: shorter at equal accuracy.",
    effect="length down",
)
def ton(group: int = 8, epsilon: float = 0.2, beta: float = 0.04) -> Reinforce:
    """TON: GRPO on outcome and form, from a cold start whose thoughts were dropped at random, so that groups hold full and empty thoughts.

    Wang et al. 2025, "Think or Not? Selective Reasoning via Reinforcement Learning for Vision-Language Models", arXiv:2505.16854. The first of its two
    stages is the ground's cold start on `ThoughtDropout`. Nothing rewards brevity: an empty thought wins where it is right as often and is less often cut
    off. beta is GRPO's. Left out: images.
    """
    return replace(grpo(group, epsilon, beta), rewards=(AnswerFormat(), Accuracy()))

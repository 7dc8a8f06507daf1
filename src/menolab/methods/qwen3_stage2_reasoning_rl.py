"""Qwen3, stage 2: reasoning reinforcement with controlled entropy."""

from __future__ import annotations

from dataclasses import replace

from menolab.curricula.accuracy_range import AccuracyRange
from menolab.losses.aggregation import SequenceMean
from menolab.losses.entropy_bonus import EntropyTarget
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.09388, section 4.2", catalogue="qwen3-stage2-reasoning-rl",
    claim="Large batches, many rollouts and a controlled entropy give steady gains; nothing is said against plain GRPO.",
)
def qwen3_stage2_reasoning_rl(
    group: int = 16,
    epsilon: float = 0.2,
    target: float = 0.2,
    gain: float = 0.1,
    largest: float = 0.01,
    minibatches: int = 4,
    low: float = 0.05,
    high: float = 0.95,
) -> Reinforce:
    """Qwen3's reasoning stage: GRPO with many rollouts a problem, problems that are learnable and not solved, several updates a batch, entropy held up.

    Yang et al. 2025, "Qwen3 Technical Report", arXiv:2505.09388, section 4.2: GRPO on 3,995 query-verifier pairs, a large batch, many rollouts a query,
    off-policy training, entropy controlled to rise steadily or stay. The report gives neither constants nor the controller: the controller is `EntropyTarget`,
    problems are kept by their share of right rollouts, and all numbers are ours. Its cold start is the ground's; choosing the pairs is the task's.
    """
    return replace(
        grpo(group, epsilon),
        filters=(AccuracyRange(low, high),),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), SequenceMean(), EntropyTarget(target, gain, largest)),
        minibatches=minibatches,
    )

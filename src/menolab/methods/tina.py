"""Tina: tiny reasoning models via LoRA."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.models.lora import LoRA
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.answer_format import AnswerFormat
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2504.15777", catalogue="tina", claim="LoRA reaches the accuracy of full training at a fraction of the cost.")
def tina(rank: int = 32, alpha: float = 128.0, group: int = 4) -> Reinforce:
    """Tina: GRPO that moves low-rank adapters only, rewarded for form (weight 1) and for the right answer (weight 2).

    Wang et al. 2025, "Tina: Tiny Reasoning Models via LoRA", arXiv:2504.15777; rank, alpha, targets (all linear projections), group and weights as in the
    authors' recipes (train_model_open_rs*.yaml of their repository). Left out: LoRA dropout 0.05 (sampler and learner must be one distribution) and
    the length terms of some of their runs. Low-rank adapters want a learning rate about ten times that of full training.
    """
    return replace(grpo(group), rewards=(AnswerFormat(), Accuracy()), weights=(1.0, 2.0), adapter=LoRA(rank=rank, alpha=alpha))

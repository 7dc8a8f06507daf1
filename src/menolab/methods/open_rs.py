"""Open-RS: a small model, little data, three rewards."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.cosine_length import CosineLength
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2503.16219", catalogue="open-rs", claim="A cosine reward trains small models with shorter responses.", effect="length down")
def open_rs(group: int = 6, epsilon: float = 0.2) -> Reinforce:
    """Open-RS: GRPO with the cosine length reward, weight 2, and the format reward, weight 1.

    Dang and Ngo 2025, "Reinforcement Learning for Reasoning in Small LLMs: What Works and What Doesn't", arXiv:2503.16219; terms, weights and group of the
    authors' recipe. Right ones fall from 1 to 0.5 and wrong ones rise from -1 to -0.5 with length, as open-r1 has it; with the defaults of the
    released script wrong ones fall from 0 to -0.5. The mixture of easy and hard problems is the ground's.
    """
    return replace(grpo(group, epsilon), rewards=(AnswerFormat(), CosineLength()), weights=(1.0, 2.0))

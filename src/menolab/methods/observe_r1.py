"""Observe-R1: observe first, be brief, and learn from what is uncertain."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.uncertainty_scale import UncertaintyScale
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.section_format import SectionFormat
from menolab.rewards.shortest_right import ShortestRight
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2505.12432", catalogue="observe-r1", claim="Observing first raises multimodal accuracy; here its text part.")
def observe_r1(group: int = 8, epsilon: float = 0.2, bonus: float = 0.2, k: float = 1.8, observe: bool = False) -> Reinforce:
    """Observe-R1: GRPO weighted by 4 k p (1 - p) with p the group's accuracy, a bonus for the shortest right response, and a form of sections.

    Guo et al. 2025, "Observe-R1: Unlocking Reasoning Abilities of MLLMs with Dynamic Progressive Reinforcement Learning", arXiv:2505.12432; accuracy 1,
    form 0.5, bonus 0.2 and k of the authors' script. `observe` asks for an <observe> section first; laptop models were never shown one, so by default
    the form is <think>, <answer>. Left out: images, and the data sorted by difficulty (NeuraLadder), which is a curriculum's matter.
    """
    sections = ("observe", "think", "answer") if observe else ("think", "answer")
    return replace(
        grpo(group, epsilon),
        rewards=(Accuracy(), SectionFormat(sections), ShortestRight()),
        weights=(1.0, 0.5, bonus),
        advantage=Chain((GroupBaseline(), GroupScale(), UncertaintyScale(k))),
    )

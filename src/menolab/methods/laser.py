"""LASER: a bonus for being right within a target length."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.adaptive_target import AdaptiveTarget
from menolab.rewards.graded_answer import GradedAnswer
from menolab.rewards.length_target import LengthTarget
from menolab.rewards.reward import Reward
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.15612", catalogue="laser",
    claim="A bonus for short right responses shortens them at equal accuracy.",
    effect="length down",
)
def laser(group: int = 8, epsilon: float = 0.2, target: float = 0.5, worth: float = 0.5) -> Reinforce:
    """LASER: GRPO with 1 for a right answer, 0.5 more within the target length, -0.5 for a wrong one and -1 for none.

    Liu et al. 2025, "Learn to Reason Efficiently with Adaptive Length-based Reward Shaping", arXiv:2505.15612; values of the authors' code.
    """
    return _laser(group, epsilon, LengthTarget(target, target, target, worth))


@published(paper="arXiv:2505.15612", catalogue="laser", claim="Targets by difficulty shorten responses more than one target.", effect="length down")
def laser_d(group: int = 8, epsilon: float = 0.2, lowest: float = 0.25, worth: float = 0.5) -> Reinforce:
    """LASER-D: LASER with a target for each difficulty, chosen from the batch so that a right response within it may be expected.

    Liu et al. 2025, arXiv:2505.15612. The authors choose on a monitoring set every few steps, here on each step's own batch.
    """
    return _laser(group, epsilon, AdaptiveTarget(lowest, worth=worth))


@published(
    paper="arXiv:2505.15612", catalogue="laser",
    claim="Targets by difficulty, with room for exploration after wrong responses, shorten responses at equal accuracy.",
    effect="length down",
)
def laser_de(group: int = 8, epsilon: float = 0.2, lowest: float = 0.25, worth: float = 0.5) -> Reinforce:
    """LASER-DE: LASER-D that also rewards wrong answers beyond the target, unless they go round in circles: there, longer is exploring.

    Liu et al. 2025, arXiv:2505.15612.
    """
    return _laser(group, epsilon, AdaptiveTarget(lowest, worth=worth, explore=True))


def _laser(group: int, epsilon: float, term: Reward) -> Reinforce:
    return replace(grpo(group, epsilon), rewards=(GradedAnswer(1.0, -0.5, -1.0, formed=False), term))

"""AdaCtrl: say how hard it is, and be brief on what is easy."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.difficulty_tag import DifficultyTag
from menolab.rewards.easy_length import EasyLength
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.18822", catalogue="adactrl",
    claim="Spends tokens by difficulty: shorter at nearly equal accuracy.",
    effect="length down",
)
def adactrl(group: int = 8, epsilon: float = 0.2, threshold: float = 0.625) -> Reinforce:
    """AdaCtrl: GRPO on the outcome, on a difficulty tag that agrees with the group's success rate, and on brevity where the tag says easy.

    Huang et al. 2025, "AdaCtrl: Towards Adaptive and Controllable Reasoning via Difficulty-Aware Budgeting", arXiv:2505.18822; threshold and weights of the
    authors' script (0.5 for tag and length; accuracy has weight 2, since right and wrong are 1 and -1). A response starts with "[Easy]" or "[Hard]";
    cold start on `TaggedDifficulty` shows how, and a prompt that ends in a tag fixes it. Left out: the script's overlong penalty.
    """
    return replace(grpo(group, epsilon), rewards=(Accuracy(), DifficultyTag(threshold), EasyLength()), weights=(2.0, 0.5, 0.5))

"""SophiaVL-R1: a reward for thinking, trusted as far as it deserves."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.trusted_thought import TrustedThought
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.17018", catalogue="sophiavl-r1",
    claim="A trusted thinking reward raises accuracy over outcome rewards alone.",
    effect="pass@1 up",
)
def trust_grpo(group: int = 8, epsilon: float = 0.2, weight: float = 0.3, decay: float = 0.5) -> Reinforce:
    """Trust-GRPO: GRPO with a judge's reward for the thought, weighted by how far the judge prefers right responses and fading with training.

    Fan et al. 2025, "SophiaVL-R1: Reinforcing MLLMs Reasoning with Thinking Reward", arXiv:2505.17018; weight of the authors' code. The judge is a part
    (`rewards.1.judge`): by default one that checks arithmetic by rule, in the paper a trained model. Left out: images. The code's T is a number of steps
    (12000 in its script) without the length of the training beside it, so `decay` is a choice of ours.
    """
    return replace(grpo(group, epsilon), rewards=(Accuracy(), TrustedThought(weight=weight, decay=decay)))

"""NoisyRollout: part of a group is drawn after a distorted input."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.rewrite import Distort
from menolab.samplers.rewritten import Rewritten
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2504.13055", catalogue="noisyrollout",
    claim="Rollouts on distorted prompts make exploration and gain accuracy.",
    effect="pass@1 up",
)
def noisyrollout(group: int = 8, epsilon: float = 0.2, share: float = 0.1) -> Reinforce:
    """NoisyRollout: GRPO whose groups mix draws of the clean and of a distorted prompt, all learnt from as responses to the clean one.

    Liu et al. 2025, "NoisyRollout: Reinforcing Visual Reasoning with Data Augmentation", arXiv:2504.13055: half of the group, a distortion that fades
    along a sigmoid. The paper distorts images; here words of the prompt.
    """
    return replace(grpo(group, epsilon), sampler=Rewritten(group, group // 2, Distort(share)))

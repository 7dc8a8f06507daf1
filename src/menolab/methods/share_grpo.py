"""Share-GRPO: rollouts are shared among the wordings of a problem."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.within_wording import WithinWording
from menolab.curricula.share_wordings import ShareWordings
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.reworded import Reworded
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.16673", catalogue="share-grpo",
    claim="Sharing rewards over rewordings of a question gains accuracy over GRPO.",
    effect="pass@1 up",
)
def share_grpo(group: int = 8, wordings: int = 2, epsilon: float = 0.2) -> Reinforce:
    """Share-GRPO: draws under several wordings of a problem, each learnt from under all of them, compared over all and within each wording.

    Yao et al. 2025, "R1-ShareVL: Incentivizing Reasoning Capability of Multimodal Large Language Models via Share-GRPO", arXiv:2505.16673, advantages as
    in the authors' code. The paper's wordings are written by a language model and by turning images; here by the part `sampler.rewrite`.
    """
    return replace(
        grpo(group, epsilon),
        sampler=Reworded(group, wordings),
        filters=(ShareWordings(),),
        advantage=Chain((GroupBaseline(), GroupScale(), WithinWording())),
    )

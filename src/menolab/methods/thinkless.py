"""Thinkless: learning when to think, with the choice's gradient set apart."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.decoupled import Decoupled
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.rewards.by_mode import ByMode
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.13379", catalogue="thinkless",
    claim="Decides by itself when to think: fewer tokens at nearly equal accuracy.",
    effect="length down",
)
def thinkless(group: int = 8, epsilon: float = 0.2, alpha: float = 0.001) -> Reinforce:
    """Thinkless: the first token chooses between thinking and answering at once, and its loss has a weight of its own (DeGRPO).

    Fang et al. 2025, "Thinkless: LLM Learns When to Think", arXiv:2505.13379: rewards less the group's mean, 1 for right at once, 0.5 for right with a
    thought, -1 for wrong (the authors' script). Their <think> and <short> are <think> and <answer> as first token of a response here; a cold start on
    `ThoughtDropout(task, left="")` teaches both, in place of the paper's distillation from two models. Left out: the KL term.
    """
    return Reinforce(
        sampler=Independent(group),
        rewards=(ByMode(think_right=0.5, think_wrong=-1.0, short_right=1.0, short_wrong=-1.0),),
        advantage=Chain((GroupBaseline(),)),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), Decoupled(alpha)),
    )

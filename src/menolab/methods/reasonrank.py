"""ReasonRank: ranking passages with reasoning."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.ranking import Ranking
from menolab.stages.reinforce import Reinforce


@published(
    paper="8421BCD/ReasonRank", catalogue="reasonrank",
    claim="A multi-view ranking reward ranks passages better; nothing is said of arithmetic.",
)
def reasonrank(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """ReasonRank: GRPO on the multi-view ranking reward, NDCG@10 + 0.2 recall@10 + 0.1 RBO.

    Liu et al. 2025, "ReasonRank: Empowering Passage Ranking with Strong Reasoning Ability", the reward of the authors' code. Left out: the synthesis of
    training lists and their cold start.
    """
    return replace(grpo(group, epsilon), rewards=(Ranking(),))

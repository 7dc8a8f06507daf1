"""KTAE: key-token advantages."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.key_tokens import KeyTokens
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.16826", catalogue="ktae",
    claim="Weighting tokens by their association with right answers gains accuracy with shorter responses.",
    effect="pass@1 up",
)
def ktae(group: int = 8, epsilon: float = 0.2, scale: float = 1.0) -> Reinforce:
    """KTAE: GRPO's advantage plus, for every token, how strongly it goes with right responses of the group.

    Sun et al. 2025, "KTAE: A Model-Free Algorithm to Key-Tokens Advantage Estimation in Mathematical Reasoning", arXiv:2505.16826. The term composes with
    any group advantage: put KeyTokens behind DAPO's for the paper's other pair.
    """
    return replace(grpo(group, epsilon), advantage=Chain((GroupBaseline(), GroupScale(), KeyTokens(scale))))

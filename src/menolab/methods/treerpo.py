"""TreeRPO: relative credit among the branches of a tree."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.bernoulli_scale import BernoulliScale
from menolab.advantages.group_baseline import GroupBaseline
from menolab.curricula.split_segments import SplitSegments
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.tree import Tree
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2506.05183", catalogue="treerpo",
    claim="Rewards of tree nodes gain accuracy over GRPO with shorter responses.",
    effect="pass@1 up",
)
def treerpo(group: int = 8, depth: int = 3, epsilon: float = 0.2) -> Reinforce:
    """TreeRPO: responses are drawn as a tree of segments; a segment is worth the mean reward of its leaves and is compared with its siblings.

    Yang et al. 2025, "TreeRPO: Tree Relative Policy Optimization", arXiv:2506.05183. The scale is that of 0/1 rewards with the siblings' mean, since a
    deviation would stretch small differences of continuous values; the paper's own formula for it was not at hand: what could
    be read of it confirms the tree, the bottom-up means and the groups of siblings alone.
    """
    return replace(
        grpo(group, epsilon),
        sampler=Tree(group, depth),
        filters=(SplitSegments(),),
        advantage=Chain((GroupBaseline(), BernoulliScale())),
    )

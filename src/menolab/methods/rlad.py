"""RLAD: abstractions that help, and a solver that reads them."""

from __future__ import annotations

from dataclasses import replace

from menolab.curricula.by_player import ByPlayer
from menolab.losses.aggregation import TokenMean
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.abstracted import Abstracted
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2510.02263, eq. 3", catalogue="rlad",
    claim="Conditioning on proposed abstractions does better than RL without them.",
    effect="pass@1 up",
)
def rlad(
    abstractions: int = 4, solutions: int = 4, bare: int = 4, low: float = 0.2, high: float = 0.28, beta: float = 0.001, share: float = 0.25
) -> Reinforce:
    """RLAD: one player proposes abstractions and is paid their solutions' success, the other solves and is paid only where it could read one.

    Qu et al. 2025, "RLAD: Training LLMs to Discover Abstractions for Solving Reasoning Problems", arXiv:2510.02263, on policy with one model in both
    parts, as the authors' rlad_hierarchical; 4 and 4 are theirs, bare solutions are of their solver's training (zero advantage, KL kept), their number and
    beta are ours. Left out: the warm start on summaries of solutions (the ground's cold start), the filter of abstractions that give the answer
    away, and dynamic sampling, which would drop whole problems for one player's sake.
    """
    group = abstractions * (1 + solutions) + bare
    return replace(
        grpo(),
        sampler=Abstracted(group, abstractions, bare, share),
        filters=(ByPlayer(),),
        loss=PolicyLoss(TokenRatio(), Clip(low, high), TokenMean(), KLToReference(beta)),
    )

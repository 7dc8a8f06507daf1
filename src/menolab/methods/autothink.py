"""AutoThink: learning when to think, in three stages."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.given_likelihood import GivenLikelihood
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.curricula.balance_modes import BalanceModes
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.by_mode import ByMode
from menolab.rewards.relative_length import RelativeLength
from menolab.samplers.prefixed import Prefixed
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2505.10832", catalogue="autothink", claim="Keeps both modes alive at first; the third stage shows the effect.")
def autothink_stage_1(group: int = 8, epsilon: float = 0.2, most: float = 0.5) -> Reinforce:
    """AutoThink, stage 1: a mode that more than `most` of a step's rollouts take pays less, so that neither thinking nor answering at once dies out."""
    return replace(autothink_stage_2(group, epsilon), filters=(BalanceModes(most),))


@published(paper="arXiv:2505.10832", catalogue="autothink", claim="Rewards accuracy within each mode; the third stage shows the effect.")
def autothink_stage_2(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """AutoThink, stage 2: GRPO after an ellipsis, where being right pays 1 with a thought and 2 without, and being wrong without one costs 1.

    Tu et al. 2025, "Learning When to Think: Shaping Adaptive Reasoning in R1-Style Models via Multi-Stage RL", arXiv:2505.10832; constants of the authors'
    code. Start it from the run of `autothink_stage_1` (--model RUN), and `autothink` from its own. The ellipsis is supplied and not learnt. It moves
    models that learnt to think elsewhere; one whose demonstrations think always or never has nothing to choose (see `ThoughtDropout`).
    """
    return replace(
        grpo(group, epsilon),
        sampler=Prefixed(group),
        rewards=(ByMode(),),
        advantage=Chain((GroupBaseline(), GroupScale(), GivenLikelihood(0.0))),
    )


@published(paper="arXiv:2505.10832", catalogue="autothink", claim="Thinks less on easy problems at equal accuracy.", effect="length down")
def autothink(group: int = 8, epsilon: float = 0.2, alpha: float = 0.05, beta: float = 0.05) -> Reinforce:
    """AutoThink, stage 3: as stage 2, and right responses gain by being short among the right ones, wrong ones by being long."""
    return replace(autothink_stage_2(group, epsilon), rewards=(ByMode(), RelativeLength(alpha, beta)))

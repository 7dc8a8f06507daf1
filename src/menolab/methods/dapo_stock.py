"""DAPO for stock trading: its objective."""

from __future__ import annotations

from dataclasses import replace

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.curricula.filter import MixedRewards
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.surrogate import Clip
from menolab.losses.trajectory_ratio import TrajectoryRatio
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.06408", catalogue="dapo-stock",
    claim="Group-relative updates of a trading agent without a critic; nothing is said of language reasoning.",
)
def dapo_stock(group: int = 10, low: float = 0.2, high: float = 0.28, epochs: int = 4) -> Reinforce:
    """DAPO for stock trading, the objective alone: rewards standardised among the actions of one state, decoupled clip on whole actions, no KL.

    Zha and Liu 2025, "A New DAPO Algorithm for Stock Trading", arXiv:2505.06408, as in the authors' code: 10 actions a state, population deviation plus 1e-8,
    states whose rewards are all equal dropped, the ratio of the whole action clipped to [0.8, 1.28]. A response is an action here. The code makes up to 100
    full passes over a batch and stops at a KL of 0.225; that stop is left out, so are markets and the powers of sentiment and risk in the reward.
    """
    return replace(
        grpo(group),
        filters=(MixedRewards(),),
        advantage=Chain((GroupBaseline(), GroupScale(1e-8, ddof=0))),
        loss=PolicyLoss(TrajectoryRatio(), Clip(low, high), SequenceSum()),
        epochs=epochs,
    )

"""T-SPMO: token-specific prefix matching."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.prefix_match import PrefixMatch
from menolab.curricula.replay_prefixes import ReplayPrefixes
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.resumed import Resumed
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2504.20834", catalogue="t-spmo",
    claim="With LoRA, credit a token from shared prefixes does better than GRPO.",
    effect="pass@1 up",
)
def t_spmo(group: int = 8, replay: float = 0.5) -> Reinforce:
    """T-SPMO: every distinct (prefix, next token) of a group has its own advantage: what follows it against what follows the prefix.

    Lee and Tong 2025, "Token-Efficient RL for LLM Reasoning", arXiv:2504.20834, with replay from random points of right and wrong responses. A replayed
    beginning is shared by its whole group, so prefix matching gives it no credit. The paper's rate of replay was not at hand.
    """
    return Reinforce(
        sampler=Resumed(group),
        curriculum=ReplayPrefixes(replay),
        advantage=Chain((PrefixMatch(),)),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

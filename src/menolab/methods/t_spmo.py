"""T-SPMO: token-specific prefix matching."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.prefix_match import PrefixMatch
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2504.20834", claim="With LoRA, credit a token from shared prefixes does better than GRPO.", effect="pass@1 up")
def t_spmo(group: int = 8) -> Reinforce:
    """T-SPMO: every distinct (prefix, next token) of a group has its own advantage: what follows it against what follows the prefix.

    Lee and Tong 2025, "Token-Efficient RL for LLM Reasoning", arXiv:2504.20834. Left out: replay from a random point of a stored response.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((PrefixMatch(),)),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

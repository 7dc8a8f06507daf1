"""S-GRPO: GRPO on a random subset of tokens."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.token_subset import TokenSubset
from menolab.losses.aggregation import SequenceMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2504.20834", catalogue="stochastic-grpo",
    claim="With LoRA, learning from half the tokens does better than GRPO on all.",
    effect="pass@1 up",
)
def stochastic_grpo(group: int = 8, first: float = 0.25, share: float = 0.5, most: float = 0.5) -> Reinforce:
    """S-GRPO: on-policy GRPO whose loss takes each response's first tokens and a random subset of the later ones.

    Lee and Tong 2025, "Token-Efficient RL for LLM Reasoning", arXiv:2504.20834; its alpha, P and k as `first`, `share` and `most`, lengths as fractions
    of the token limit. Made for adapters: add adapter=LoRA. Left out: its optional KL term.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(), GroupScale(), TokenSubset(first, share, most))),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceMean()),
    )

"""Demystifying long chains of thought: the cosine reward and the price of repetition."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.return_to_go import ReturnToGo
from menolab.advantages.whiten import Whiten
from menolab.losses.aggregation import TokenMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.rewards.cosine_length import CosineLength
from menolab.rewards.token_repetition import TokenRepetition
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2502.03373, section 4", catalogue="demystifying-long-cot",
    claim="A cosine length reward keeps length in check and trains more stably than accuracy alone.",
    effect="length down",
)
def demystifying_long_cot(group: int = 8, epsilon: float = 0.2, n: int = 40, penalty: float = 0.05, discount: float = 0.99) -> Reinforce:
    """The cosine length reward (right 2 to 1, wrong -10 to 0, -10 at the limit) with a penalty on repeated n-grams that is discounted by itself.

    Yeo et al. 2025, "Demystifying Long Chain-of-Thought Reasoning in LLMs", arXiv:2502.03373; values of the authors' scripts for section 4.5. They train
    with PPO and a critic; here the group's mean stands in for the critic, and credit is standardised over the batch. On traces of a few dozen tokens
    nothing repeats 40 of them: give a smaller n there.
    """
    return Reinforce(
        sampler=Independent(group),
        rewards=(CosineLength(2.0, 1.0, -10.0, 0.0, exceeded=-10.0), TokenRepetition(n, penalty)),
        advantage=Chain((GroupBaseline(), ReturnToGo(discount), Whiten())),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), TokenMean()),
    )

"""Logic-RL: graded rewards for form and answer on logic puzzles."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.whiten import Whiten
from menolab.losses.aggregation import SequenceMean
from menolab.losses.penalty import KLToReference, NoPenalty
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.graded_answer import GradedAnswer
from menolab.rewards.scaled import Scaled
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2502.14768", catalogue="logic-rl",
    claim="Rule rewards on synthetic logic puzzles teach reasoning; nothing is said against GRPO.",
)
def logic_rl(group: int = 8, epsilon: float = 0.2, beta: float = 0.001) -> Reinforce:
    """Logic-RL: REINFORCE++ with the KL term in the loss; 1 or -1 for the form, and 2, -1.5 or -2 for a right, wrong or unreadable answer.

    Xie et al. 2025, "Logic-RL: Unleashing LLM Reasoning with Rule-Based Reinforcement Learning", arXiv:2502.14768; rewards from the authors' code. KL by the
    unbiased k3 estimate, no discount. Its ground is `KnightsKnaves`. Stricter than the authors' code: nothing may stand outside the tags.
    """
    return Reinforce(
        sampler=Independent(group),
        rewards=(Scaled(AnswerFormat()), GradedAnswer()),
        advantage=Chain((Whiten(),)),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), SequenceMean(), KLToReference(beta) if beta else NoPenalty()),
    )

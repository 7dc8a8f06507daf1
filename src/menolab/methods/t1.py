"""T1: many diverse rollouts, an entropy bonus, and an anchor that moves."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.losses.aggregation import SequenceMean
from menolab.losses.entropy_bonus import EntropyBonus
from menolab.losses.penalty import KLToReference, Penalties
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.garbled import Garbled
from menolab.rewards.repetition_loop import RepetitionLoop
from menolab.rewards.soft_overlong import SoftOverlong
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2501.11651", catalogue="t1",
    claim="Many rollouts at high temperature, with an entropy bonus and a penalty on overlong ones, scale RL further.",
    effect="pass@k up",
)
def t1(group: int = 64, entropy: float = 0.001, beta: float = 0.001, follow: float = 0.05, penalty: float = 1.0, cache: float = 0.2) -> Reinforce:
    """T1: 64 rollouts a problem, leave-one-out baseline, an entropy bonus a token, and a KL to a moving average of the policy.

    Hou et al. 2025, "T1: Advancing Language Model Reasoning through Reinforcement Learning and Inference Scaling", arXiv:2501.11651, in the abstract and
    summaries that were at hand: oversampling with K = 64 at a high temperature (`decoding.temperature` of the ground), penalties for repetition,
    over-length and garbled text. All other numbers, and the form of the penalties, are ours. Its supervised stage is the ground's cold start; its
    inference scaling is a matter of how a model is used.
    """
    return Reinforce(
        sampler=Independent(group),
        rewards=(Accuracy(), RepetitionLoop(), SoftOverlong(cache), Garbled()),
        weights=(1.0, penalty, penalty, penalty),
        advantage=Chain((LeaveOneOut(),)),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceMean(), Penalties((EntropyBonus(entropy), KLToReference(beta)))),
        follow=follow,
    )

"""RLVR with soft, model-based rewards."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.batch_baseline import BatchBaseline
from menolab.advantages.batch_scale import BatchScale
from menolab.judges.grader import Grader
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.rewards.judged import Judged
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2503.23829", catalogue="soft-reward-rlvr",
    claim="Soft rewards of a generative verifier extend RLVR to free-form answers; nothing is said where rules suffice.",
)
def soft_rlvr(group: int = 4, model: str = "") -> Reinforce:
    """REINFORCE on the probability that a verifier model gives to "the answer agrees with the reference", z-scored over the batch.

    Su et al. 2025, "Crossing the Reward Bridge: Expanding RL with Verifiable Rewards Across Diverse Domains", arXiv:2503.23829. `model` names the verifier
    (there a model of 7B distilled from a judge of 72B; any `Grader` question does); empty, the policy grades itself, which shows that it runs and no more.
    The paper also uses RLOO and REINFORCE++: swap `advantage`. Left out: distilling the verifier, which is `Supervised` on the larger judge's verdicts.
    """
    return Reinforce(
        sampler=Independent(group),
        rewards=(Judged(Grader(model)),),
        advantage=Chain((BatchBaseline(), BatchScale())),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

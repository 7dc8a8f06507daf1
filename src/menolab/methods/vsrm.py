"""VSRM: steps rewarded by what they change."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.return_to_go import ReturnToGo
from menolab.advantages.whiten import Whiten
from menolab.losses.aggregation import SequenceMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.step_gain import StepGain
from menolab.samplers.probed import MARKS, Probed
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2508.10293", catalogue="vsrm",
    claim="Step rewards that see progress suppress useless steps: shorter at equal accuracy.",
    effect="length down",
)
def vsrm(group: int = 4, epsilon: float = 0.2, answers: int = 4, marks: tuple[str, ...] = MARKS) -> Reinforce:
    """VSRM: REINFORCE++ with the gain in accuracy that each step of the thinking brings, beside the outcome.

    Yue et al. 2025, "Promoting Efficient Reasoning with Verifiable Stepwise Reward", arXiv:2508.10293, the variant without a critic. It draws many more
    answers than rollouts: compare at equal "drawn". The tiny models' traces have none of the words of reflection; give line breaks as marks there.
    """
    return Reinforce(
        sampler=Probed(group, answers, marks),
        rewards=(Accuracy(), StepGain()),
        advantage=Chain((ReturnToGo(), Whiten())),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), SequenceMean()),
    )

"""SCoRe: self-correction by reinforcement, in two stages."""

from __future__ import annotations

from menolab.advantages.advantage import Advantage, Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.kl_in_reward import KLInReward
from menolab.curricula.by_turn import ByTurn
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.improvement import Improvement
from menolab.rewards.last_attempt import LastAttempt
from menolab.rewards.reward import Reward
from menolab.samplers.two_turns import TwoTurns
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2409.12917, section 5.1", catalogue="score-selfcorrect",
    claim="Prepares the second attempt; a single attempt does not show it.",
)
def score_stage_1(group: int = 8, beta: float = 0.1) -> Reinforce:
    """SCoRe, stage I: the second attempt is rewarded, and a strong KL penalty holds the first one where the base model has it.

    Kumar et al. 2024, "Training Language Models to Self-Correct via Reinforcement Learning", arXiv:2409.12917. It teaches the second attempt to differ
    from the first; start `score` from the run that results (--model RUN).
    """
    return _two_turns(group, (LastAttempt(),), KLInReward(beta, turn=0), ByTurn(1.0))


@published(
    paper="arXiv:2409.12917, section 5.2", catalogue="score-selfcorrect",
    claim="The second attempt becomes better than the first, which a single attempt does not show.",
)
def score(group: int = 8, alpha: float = 10.0, beta: float = 0.01) -> Reinforce:
    """SCoRe, stage II: both attempts are rewarded, the second with a bonus of alpha (r_2 - r_1), under a weak KL penalty.

    Kumar et al. 2024, arXiv:2409.12917; REINFORCE with the group's mean as baseline. Each attempt is credited with its own reward: did the first one
    share in the bonus, being wrong at first would pay. Comes after `score_stage_1`. The reference is the model that it starts from, not the base model
    of stage I. alpha = 10 and the weights of the KL (0.1 in stage I, 0.01 here) are those of a public reimplementation that cites eqs. 3 and 4; the
    paper's own table was not at hand.
    """
    return _two_turns(group, (Accuracy(), Improvement(alpha)), KLInReward(beta), ByTurn(0.0))


def _two_turns(group: int, rewards: tuple[Reward, ...], penalty: Advantage, turns: ByTurn) -> Reinforce:
    return Reinforce(
        sampler=TwoTurns(group),
        rewards=rewards,
        filters=(turns,),
        advantage=Chain((penalty, GroupBaseline())),
        loss=PolicyLoss(OnPolicy(), Linear(), SequenceSum()),
    )

"""Heimdall: a verifier that reasons, trained by reinforcement."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.aggregation import TokenMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2504.10337", catalogue="heimdall", claim="Trained as a verifier, judges solutions far better; it is no solver.")
def heimdall(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """PPO's clipped objective on +1 for a true verdict and -1 for a false one; made for the ground `task=Judgements`.

    Shi and Jin 2025, "Heimdall: Test-Time Scaling on Generative Verification", arXiv:2504.10337. The task holds the other half of the method: solutions of
    problems that were solved both rightly and wrongly. The paper's PPO has a value model for a baseline; here it is the group's mean, under which the
    reward 2 r - 1 is twice `Accuracy`. The result is asked by `heimdall_judge`.
    """
    return Reinforce(
        sampler=Independent(group),
        weights=(2.0,),
        advantage=Chain((GroupBaseline(),)),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), TokenMean()),
    )

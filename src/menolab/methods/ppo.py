"""PPO with a critic."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.gae import GAE
from menolab.advantages.kl_in_reward import KLInReward
from menolab.advantages.whiten import Whiten
from menolab.losses.aggregation import TokenMean
from menolab.losses.clipped_value import ClippedValue
from menolab.losses.entropy_bonus import EntropyBonus
from menolab.losses.penalty import Penalties
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.critic import SeparateCritic
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:1707.06347, eq. 9", catalogue="ppo",
    claim="Clipped policy updates with a critic are stable where plain policy gradients are not; GRPO came after it.",
)
def ppo(
    epsilon: float = 0.2,
    discount: float = 1.0,
    decay: float = 0.95,
    c1: float = 0.5,
    c2: float = 0.0,
    beta: float = 0.0,
    epochs: int = 2,
    minibatches: int = 2,
) -> Reinforce:
    """PPO: clipped surrogate, advantages from a critic (GAE), clipped value error, entropy bonus; one rollout a problem is enough.

    Schulman et al. 2017, "Proximal Policy Optimization Algorithms", arXiv:1707.06347: eq. 7 the surrogate, eq. 9 its sum with c1 times the value error and
    c2 times the entropy, eq. 11 the advantages, algorithm 1 the epochs of minibatches. As for language models since Ouyang et al. 2022, arXiv:2203.02155: the
    verdict is the last token's reward, beta log(pi/pi_ref) is taken off every token's (0 here: verifiable rewards need no such leash), the critic is a
    model of its own, and advantages are standardised over the batch after the critic's targets are taken from them. To change discount or decay,
    change them in `advantage` and in `critic.target`.
    """
    reward = (KLInReward(beta),) if beta else ()
    estimate = GAE(discount, decay)
    value = ClippedValue(c1)
    return Reinforce(
        sampler=Independent(1),
        advantage=Chain((*reward, estimate, Whiten())),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), TokenMean(), Penalties((value, EntropyBonus(c2))) if c2 else value),
        critic=SeparateCritic(target=Chain((*reward, estimate))),
        epochs=epochs,
        minibatches=minibatches,
    )

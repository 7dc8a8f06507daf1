"""SIRL: solver-informed reinforcement learning."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.partial_kl import PartialKL
from menolab.advantages.whiten import Whiten
from menolab.losses.aggregation import TokenMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from menolab.pieces import published
from menolab.rewards.section_format import SectionFormat
from menolab.rewards.solver_stages import SolverStages
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.11792", catalogue="sirl",
    claim="Solver rewards write right optimisation models more often; nothing is said of arithmetic.",
)
def sirl(group: int = 4, epsilon: float = 0.2, beta: float = 0.01, marker: tuple[int, ...] = (4,)) -> Reinforce:
    """SIRL: REINFORCE++ rewarded for form, a program that runs and the right objective, with the KL penalty behind the reasoning only.

    Chen et al. 2025, "Solver-Informed RL: Grounding Large Language Models for Authentic Optimization Modeling", arXiv:2505.11792, stage 1; rewards of the
    authors' code (form up to 1 there, graded by tag; whole here), the loss of REINFORCE++. On our grounds the sections are <think> and <answer>, and
    `marker` is the token of </think> in the laptop tokenizer. Left out: stage 2's bonus and the synthesis of data by instance-enhanced voting. The
    paper's beta was not at hand.
    """
    return Reinforce(
        sampler=Independent(group),
        rewards=(SectionFormat(("think", "answer")), SolverStages()),
        advantage=Chain((PartialKL(beta, marker), Whiten())),
        loss=PolicyLoss(TokenRatio(), Clip(epsilon, epsilon), TokenMean()),
    )

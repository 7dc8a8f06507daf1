"""DisCO: discriminative constrained optimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.discriminative import Discriminative
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.12366", catalogue="disco",
    claim="Scoring right above wrong without difficulty bias gains accuracy over GRPO and DAPO.",
    effect="pass@1 up",
)
def disco(group: int = 8, tau: float = 10.0, beta: float = 1e3, delta: float = 1e-4, minibatches: int = 4) -> Reinforce:
    """DisCO: mean log-probability of right answers above a soft maximum of the wrong ones', while KL(pi_old || pi) stays below delta.

    Li et al. 2025, arXiv:2505.12366, with likelihood as the score; tau, beta, delta and four updates a batch from the authors' recipes. Needs rewards that tell
    two classes apart.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(),)),
        loss=Discriminative("likelihood", tau, None, beta, delta),
        minibatches=minibatches,
    )

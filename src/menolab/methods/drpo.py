"""DRPO: decoupled reward policy optimisation."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.losses.discriminative import Discriminative
from menolab.pieces import published
from menolab.samplers.independent import Independent
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2510.04474", catalogue="drpo",
    claim="Rewarding short right answers only among themselves shortens responses with little loss.",
    effect="length down",
)
def drpo(group: int = 8, length: float = 0.1, tau: float = 10.0, beta: float = 1e3, delta: float = 1e-4, minibatches: int = 4) -> Reinforce:
    """DRPO: DisCO in which right answers share their weight by shortness, exp((1 - |o|/L)/lambda), and none is pushed away for its length.

    "DRPO: Efficient Reasoning via Decoupled Reward Policy Optimization", arXiv:2510.04474; lambda (`length`), tau, beta, delta and four updates a batch
    from the authors' recipe.
    """
    return Reinforce(
        sampler=Independent(group),
        advantage=Chain((GroupBaseline(),)),
        loss=Discriminative("likelihood", tau, length, beta, delta),
        minibatches=minibatches,
    )

"""CAMPO: stages of growing length, and a penalty for loops."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.dapo import dapo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.repetition_loop import RepetitionLoop
from menolab.samplers.independent import Independent
from menolab.samplers.staged_limit import StagedLimit
from menolab.schedules import Stairs
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2507.14683, eqs. 5 and 6", catalogue="campo",
    claim="Growing limits and a penalty on repetition reach the accuracy of long training with shorter responses.",
    effect="length down",
)
def campo(
    group: int = 8, low: float = 0.2, high: float = 0.28, limits: tuple[float, ...] = (1 / 3, 2 / 3, 1.0), weight: float = 1.0, draws: int = 10
) -> Reinforce:
    """CAMPO: DAPO's clip, token mean and dynamic sampling, with a token limit that grows in stages and a penalty for the share that is a loop.

    Li et al. 2025, "MiroMind-M1: An Open-Source Advancement in Mathematical Reasoning via Context-Aware Multi-Stage Policy Optimization",
    arXiv:2507.14683, section 4.3 and the authors' scripts: 16 rollouts a problem, one update a batch, limits of 16K, 32K and 48K (32B; 16K and 32K for
    7B), no overlong penalty. The clip is the same in all stages, as in the scripts. A stage here is an equal share of the steps; in the paper it ends once
    lengths saturate. Its supervised stage is the ground's cold start, its cascade of verifiers the ground's verifier.
    """
    return replace(
        dapo(group, low, high, draws=draws),
        sampler=StagedLimit(Independent(group), Stairs(limits)),
        rewards=(Accuracy(), RepetitionLoop()),
        weights=(1.0, weight),
    )

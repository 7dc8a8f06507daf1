"""Reward for arithmetic that holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.verifiers.equations import equations, holds


@dataclass(frozen=True)
class ArithmeticSteps(Reward):
    """Share of a response's equations ("3+4=7") that stand before the first wrong one; 0 for a response without any.

    A judge of steps by rule, for tasks whose working is arithmetic: the fraction of correct steps before the first error, as Chen et al. 2025
    (arXiv:2505.11595) ask of a model. An equation that cannot be read (or divides by zero) counts as wrong.
    """

    paper = "arXiv:2505.11595"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [self._share(r.text) for r in group.rollouts]

    def _share(self, text: str) -> float:
        steps = [holds(equation) for equation in equations(text)]
        return [*steps, False].index(False) / len(steps) if steps else 0.0

"""Standardise credit over the whole batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage, scored
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class Whiten(Advantage):
    """Credit minus its mean over the batch's response tokens, divided by their standard deviation plus epsilon: global advantage normalisation.

    Hu et al. 2025 (REINFORCE++), arXiv:2501.03262: A_norm = (A - mean(A over the batch)) / std(A over the batch), over tokens as in the public
    implementations (a long response counts more). It does not look at groups, so one rollout a problem is enough; behind `GroupBaseline` it is the
    paper's variant with baseline. Deviations are summed from the batch's first token, so equal credit gives exactly zero.
    """

    paper = "arXiv:2501.03262"

    epsilon: float = 1e-8
    """Added to the deviation."""
    ddof: int = 1
    """1: sample deviation (divide by n - 1); 0: population deviation."""

    def __post_init__(self) -> None:
        check_range("epsilon", self.epsilon, 0.0)
        check_range("ddof", self.ddof, 0, 1)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        own_N = credit_BT.double()[scored(batch)]
        if not len(own_N):
            return credit_BT
        centre = own_N[0] + (own_N - own_N[0]).mean()
        scale = ((own_N - centre).square().sum() / max(len(own_N) - self.ddof, 1)).sqrt() + self.epsilon
        return ((credit_BT.double() - centre) / (scale if scale > 0 else 1.0)).float()

"""Keep the credit of likely or of unlikely tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class ProbabilitySplit(Advantage):
    """Credit where pi_old(o_t) <= edge, or with `likely` where it is above; zero on the other side.

    As `passes` of the reinforcement loop the two sides partition the tokens: Yang et al. 2025 (Lopti), arXiv:2505.12929, update on the unlikely ones
    first and on the likely ones after, each divided by the number of all tokens (as in the authors' code).
    """

    paper = "arXiv:2505.12929"

    edge: float = 0.5
    """eta."""
    likely: bool = False

    def __post_init__(self) -> None:
        check_range("edge", self.edge, 0.0, 1.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        above_BT = batch.logprobs_BT.double().exp() > self.edge
        return torch.where(above_BT == self.likely, credit_BT, 0.0)

"""Subtract the reward of the greedy response."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import BadInput
from menolab.records import Batch


@dataclass(frozen=True)
class GreedyBaseline(Advantage):
    """Credit minus the reward of the greedy response to the same problem. The sampler `WithGreedy` draws it.

    Li et al. 2023 (ReMax), arXiv:2310.10505: the baseline is r(x, y_greedy), which does not depend on the sampled response, so the gradient stays
    unbiased. A group whose greedy response could not be scored has nothing to be compared with and gets no credit.
    """

    paper = "arXiv:2310.10505"

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        if batch.yardstick_B is None:
            raise BadInput("sampler", "no greedy responses", "GreedyBaseline compares with them; use the sampler WithGreedy")
        known_B1 = ~batch.yardstick_B.isnan()[:, None]
        return torch.where(known_B1, credit_BT.double() - batch.yardstick_B.double()[:, None], 0.0).float()

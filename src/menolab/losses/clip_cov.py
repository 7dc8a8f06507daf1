"""Clip-Cov: a few tokens of high covariance get no gradient."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.correction import Correction
from menolab.losses.covariance import covariances, of_rows
from menolab.losses.loss import LossInputs


@dataclass(frozen=True)
class ClipCov(Correction):
    """0 for a share of the update's tokens among those with low <= covariance <= high, else 1: keeps entropy from collapsing.

    Cui et al. 2025, "The Entropy Mechanism of Reinforcement Learning for Reasoning Language Models", arXiv:2505.22617, with their code's
    defaults. Two liberties: of the candidates the paper draws at random, here they are taken evenly spaced by rank of covariance, so that an update
    repeats itself bit for bit; and tokens that the surrogate clips anyway are not taken out of the candidates first, as the code does.
    """

    paper = "arXiv:2505.22617"
    needs = frozenset({"whole_update"})

    share: float = 2e-4
    """Of the update's tokens (at least one, if there is a candidate)."""
    low: float = 1.0
    high: float = 5.0

    def __post_init__(self) -> None:
        check_range("share", self.share, 0.0, 1.0)
        check_range("low", self.low, high=self.high)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        assert inputs.whole is not None
        return 1.0 - of_rows(self.chosen(inputs.whole), inputs).to(inputs.logprobs_BT.dtype)

    def chosen(self, whole: LossInputs) -> torch.Tensor:
        """bool `[B, T]`: the tokens without gradient."""
        cov_BT = covariances(whole)
        candidate_BT = whole.mask_BT & (cov_BT >= self.low) & (cov_BT <= self.high)
        place_N = candidate_BT.flatten().nonzero()[:, 0]
        ranked_N = place_N[cov_BT.flatten()[place_N].argsort(stable=True)]
        count = min(len(ranked_N), max(1, int(self.share * int(whole.mask_BT.sum()))))
        chosen_BT = torch.zeros_like(candidate_BT)
        # Midpoints of `count` equal stretches of the ranking.
        spread = ((torch.arange(count, device=ranked_N.device) + 0.5) * len(ranked_N) / max(count, 1)).long()
        chosen_BT.view(-1)[ranked_N[spread]] = True
        return chosen_BT

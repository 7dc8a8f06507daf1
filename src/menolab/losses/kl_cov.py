"""KL-Cov: the tokens of highest covariance are held near the policy that sampled."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.covariance import covariances, of_rows
from menolab.losses.loss import LossInputs, moved
from menolab.losses.penalty import Penalty


@dataclass(frozen=True)
class KLCov(Penalty):
    """beta |log pi - log pi_old| on the share of the update's tokens with the largest covariance, nothing elsewhere.

    Cui et al. 2025, arXiv:2505.22617; the paper writes KL(pi_old || pi), the absolute log-ratio is what their code takes for it, and the
    defaults are the code's. On the update that still has the sampler's weights it has no gradient. They use it with `Linear`.
    """

    paper = "arXiv:2505.22617"
    needs = frozenset({"whole_update"})

    share: float = 2e-4
    """Of the update's tokens (at least one)."""
    beta: float = 1.0

    def __post_init__(self) -> None:
        check_range("share", self.share, 0.0, 1.0)
        check_range("beta", self.beta, 0.0)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        assert inputs.whole is not None
        return self.beta * torch.where(of_rows(self.chosen(inputs.whole), inputs), moved(inputs).abs(), 0.0)

    def chosen(self, whole: LossInputs) -> torch.Tensor:
        """bool `[B, T]`: the tokens that are held."""
        place_N = whole.mask_BT.flatten().nonzero()[:, 0]
        count = min(len(place_N), max(1, int(self.share * len(place_N))))
        chosen_BT = torch.zeros_like(whole.mask_BT)
        chosen_BT.view(-1)[place_N[covariances(whole).flatten()[place_N].topk(count).indices]] = True
        return chosen_BT

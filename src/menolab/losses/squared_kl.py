"""The squared log-ratio as a loss, whose gradient is that of the KL divergence."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.loss import LossInputs
from menolab.losses.penalty import Penalty, from_reference


@dataclass(frozen=True)
class SquaredKL(Penalty):
    """beta times the k2 estimate of KL(pi || pi_ref), (log pi - log pi_ref)^2 / 2.

    As an estimate it is biased, but as a loss it has the right gradient: log(pi/pi_ref) grad log pi, whose expectation under pi is the gradient of
    KL(pi || pi_ref) a token (Tang and Munos 2025, arXiv:2506.09477; k2 as in Schulman 2020, "Approximating KL divergence"). Right on policy only; where the
    policy has moved since it sampled, `WeightedKL` is. The gradient of k1 as a loss is zero in expectation, and so k1 alone is no penalty at all.
    """

    paper = "arXiv:2506.09477"
    needs = frozenset({"reference_logprobs"})

    beta: float = 0.04

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return self.beta * 0.5 * from_reference(inputs).square()

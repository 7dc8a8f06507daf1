"""KL estimates under the importance ratio, right in value and gradient wherever the tokens came from."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import BadInput, check_range
from menolab.losses.loss import LossInputs, moved
from menolab.losses.penalty import Penalty, from_reference


@dataclass(frozen=True)
class WeightedKL(Penalty):
    """beta times rho k1 or rho k3 with rho = pi / pi_old, differentiated through both factors.

    Under the sampling policy the expectation of rho k is KL(pi || pi_ref) a token, as a function of the weights, so that the expected gradient is its
    gradient: DeepSeek-AI 2025, "DeepSeek-V3.2", arXiv:2512.02556, the unbiased KL estimate (k3). k1 = log pi/pi_ref, k3 = pi_ref/pi - 1 + log pi/pi_ref;
    k3 has less variance while the two policies are near.
    """

    paper = "arXiv:2512.02556"
    needs = frozenset({"reference_logprobs"})

    beta: float = 0.04
    estimate: str = "k3"
    """"k1" or "k3"."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0)
        if self.estimate not in ("k1", "k3"):
            raise BadInput("estimate", self.estimate, "must be k1 or k3 (for k2 take SquaredKL)")

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        gap_BT = from_reference(inputs)
        if self.estimate == "k3":
            gap_BT = torch.expm1(-gap_BT) + gap_BT
        return self.beta * moved(inputs).exp() * gap_BT

"""What is added to the objective to keep the policy near a reference."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import ClassVar

import torch

from menolab.errors import check_range
from menolab.losses.loss import LossInputs, masked
from menolab.pieces import Piece


class Penalty(Piece):
    """A loss a token `[B, T]`, added to the surrogate's before aggregation; anything outside the mask."""

    acts_without_credit: ClassVar[bool] = True
    """Whether it gives a gradient where the credit is zero."""

    @abc.abstractmethod
    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        """The penalty a token, weight included."""


@dataclass(frozen=True)
class NoPenalty(Penalty):
    """Nothing is added."""

    acts_without_credit = False

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return torch.zeros_like(inputs.credit_BT)


@dataclass(frozen=True)
class KLToReference(Penalty):
    """beta times the k3 estimate of KL(pi || pi_ref): pi_ref/pi - log(pi_ref/pi) - 1, at least 0, and 0 where the two agree.

    Shao et al. 2024, arXiv:2402.03300, eq. 4, differentiated as it stands (the paper's GRPO does so). Its gradient is that of a *different*
    divergence, the forward one, in expectation (Tang and Munos 2025, arXiv:2506.09477): kept because it is what GRPO published.
    """

    paper = "arXiv:2402.03300, eq. 4"
    needs = frozenset({"reference_logprobs"})

    beta: float = 0.04
    """Weight; 0.04 in DeepSeekMath, section 4.2."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        assert inputs.reference_logprobs_BT is not None
        gap_BT = masked(inputs.reference_logprobs_BT, inputs.mask_BT) - masked(inputs.logprobs_BT, inputs.mask_BT)
        return self.beta * (gap_BT.exp() - gap_BT - 1.0)

"""What is added to the loss of each token: distance from a reference, entropy, a value head's error."""

from __future__ import annotations

import abc
from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.loss import LossInputs, masked
from menolab.pieces import Piece


class Penalty(Piece):
    """A loss a token `[B, T]`, added to the surrogate's before aggregation; anything outside the mask."""

    @property
    def acts_without_credit(self) -> bool:
        """Whether it gives a gradient where the credit is zero."""
        return True

    @abc.abstractmethod
    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        """The penalty a token, weight included."""


@dataclass(frozen=True)
class NoPenalty(Penalty):
    """Nothing is added."""

    @property
    def acts_without_credit(self) -> bool:
        return False

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return torch.zeros_like(inputs.credit_BT)


@dataclass(frozen=True)
class Penalties(Penalty):
    """The sum of several penalties."""

    parts: tuple[Penalty, ...] = ()

    @property
    def acts_without_credit(self) -> bool:
        return any(part.acts_without_credit for part in self.parts)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return torch.stack([masked(part(inputs), inputs.mask_BT) for part in (NoPenalty(), *self.parts)]).sum(0)


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
        gap_BT = -from_reference(inputs)
        return self.beta * (gap_BT.exp() - gap_BT - 1.0)


def from_reference(inputs: LossInputs) -> torch.Tensor:
    """log pi - log pi_ref a token `[B, T]`, with gradient; zero outside the mask."""
    assert inputs.reference_logprobs_BT is not None
    return masked(inputs.logprobs_BT, inputs.mask_BT) - masked(inputs.reference_logprobs_BT, inputs.mask_BT)

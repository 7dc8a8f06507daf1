"""Entropy as a bonus: fixed, held near a target, or where it is about to be lost."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.covariance import covariances, of_rows
from menolab.losses.loss import LossInputs, masked
from menolab.losses.penalty import Penalty


def entropy(inputs: LossInputs) -> torch.Tensor:
    """Entropy a token `[B, T]` with its gradient; zero outside the mask.

    Trap: the entropy that is only measured carries no gradient, and a bonus on it would be none; hence "entropy_gradient".
    """
    assert inputs.entropy_BT is not None
    return masked(inputs.entropy_BT, inputs.mask_BT)


@dataclass(frozen=True)
class EntropyBonus(Penalty):
    """-beta H(pi(. | ...)) a token, H over the whole vocabulary and differentiated.

    Williams and Peng 1991; Schulman et al. 2017, arXiv:1707.06347, eq. 9 (c2).
    """

    paper = "arXiv:1707.06347, eq. 9"
    needs = frozenset({"entropy", "entropy_gradient"})

    beta: float = 0.001

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return -self.beta * entropy(inputs)


@dataclass(frozen=True)
class EntropyTarget(Penalty):
    """-alpha H with alpha = clip(gain (target - H_sampled), 0, largest): a bonus that grows as the sampler's entropy falls below the target, and is
    none above it.

    After the adaptive entropy control of He et al. 2025, "Skywork-OR1", arXiv:2505.22312: there alpha is a state that moves by a fixed step each
    update and acts only below the target. Here it is proportional to the shortfall of the update's own measured entropy, so that nothing has to be kept
    between updates: a proportional controller in place of an integrating one, which settles a little below the target instead of on it.
    """

    catalogue = "qwen3-stage2-reasoning-rl"
    paper = "arXiv:2505.22312"
    needs = frozenset({"entropy", "entropy_gradient"})

    target: float = 0.2
    """Nats a token; 0.2 in Skywork-OR1."""
    gain: float = 0.1
    """alpha a nat of shortfall."""
    largest: float = 0.01
    """alpha never exceeds it."""

    def __post_init__(self) -> None:
        check_range("target", self.target, 0.0)
        check_range("gain", self.gain, 0.0)
        check_range("largest", self.largest, 0.0)

    def alpha(self, sampled_entropy: float) -> float:
        """The weight of the bonus at a measured entropy."""
        return min(max(self.gain * (self.target - sampled_entropy), 0.0), self.largest)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return -self.alpha(inputs.sampled_entropy) * entropy(inputs)


@dataclass(frozen=True)
class AdaptiveEntropyBonus(Penalty):
    """-w_t H_t with w_t = min(weight softmax_t(covariance), largest), the softmax over the tokens of the response: TEA, token-wise entropy-adaptive.

    Wang et al. 2025, "Light-IF", arXiv:2508.03178, TEA-RL, as in the authors' code (compute_entropy_with_cov: 10 and 5): the bonus goes where log-probability
    and advantage move together, that is where entropy is about to be lost. Two liberties: the weights carry no gradient (in the code log pi's leaks through
    them), and the means of the covariance are over the whole update rather than over a micro-batch.
    """

    catalogue = "light-if"
    paper = "arXiv:2508.03178"
    needs = frozenset({"entropy", "entropy_gradient", "whole_update"})

    weight: float = 10.0
    largest: float = 5.0

    def __post_init__(self) -> None:
        check_range("weight", self.weight, 0.0)
        check_range("largest", self.largest, 0.0)

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        assert inputs.whole is not None
        cov_BT = of_rows(covariances(inputs.whole), inputs)
        # -1e4 rather than -inf: an empty response would have the softmax of nothing, NaN.
        weights_BT = torch.softmax(masked(cov_BT, inputs.mask_BT, -1e4), -1) * self.weight
        return -weights_BT.clamp_max(self.largest) * entropy(inputs)

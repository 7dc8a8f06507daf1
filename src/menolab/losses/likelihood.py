"""Maximum likelihood of given responses: supervised learning."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.losses.aggregation import Aggregation, TokenMean
from menolab.losses.loss import Loss, LossInputs, LossOutputs, masked


@dataclass(frozen=True)
class Likelihood(Loss):
    """Negative log-likelihood of response tokens: -sum_BT w_BT credit_BT log pi(o_t | ...); credit is 1 for a plain demonstration."""

    aggregate: Aggregation = TokenMean()

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        weights_BT = self.aggregate(inputs).to(inputs.logprobs_BT.dtype)
        return LossOutputs(-(weights_BT * masked(inputs.credit_BT, inputs.mask_BT) * masked(inputs.logprobs_BT, inputs.mask_BT)).sum(), {})

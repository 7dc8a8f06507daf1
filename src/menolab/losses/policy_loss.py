"""The policy loss: ratio x surrogate x aggregation x penalty, four independent parts."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.losses.aggregation import Aggregation, SequenceMean
from menolab.losses.loss import Loss, LossInputs, LossOutputs, masked
from menolab.losses.penalty import NoPenalty, Penalty
from menolab.losses.ratio import Ratio, TokenRatio
from menolab.losses.surrogate import Clip, Surrogate


@dataclass(frozen=True)
class PolicyLoss(Loss):
    """loss = sum_BT w_BT (penalty_BT - surrogate(ratio_BT, credit_BT)), with the weights w of the aggregation."""

    ratio: Ratio = TokenRatio()
    surrogate: Surrogate = Clip()
    aggregate: Aggregation = SequenceMean()
    penalty: Penalty = NoPenalty()

    @property
    def silent_without_credit(self) -> bool:
        return not self.penalty.acts_without_credit

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        mask_BT = inputs.mask_BT
        credit_BT = masked(inputs.credit_BT, mask_BT)
        ratio_BT = self.ratio(inputs.logprobs_BT, inputs.old_logprobs_BT, mask_BT)
        penalty_BT = masked(self.penalty(inputs), mask_BT)
        per_token_BT = masked(penalty_BT - self.surrogate(ratio_BT, credit_BT), mask_BT)
        weights_BT = self.aggregate(mask_BT, inputs.totals).to(per_token_BT.dtype)
        with torch.no_grad():
            metrics = self._metrics(inputs, ratio_BT, credit_BT)
        return LossOutputs((weights_BT * per_token_BT).sum(), metrics)

    def _metrics(self, inputs: LossInputs, ratio_BT: torch.Tensor, credit_BT: torch.Tensor) -> dict[str, float]:
        """Means over the update's tokens: share clipped, and how far the policy has moved since it sampled (k3 estimate of KL(old || new))."""
        mask_BT, tokens = inputs.mask_BT, max(inputs.totals.tokens, 1)
        moved_BT = masked(inputs.logprobs_BT, mask_BT) - masked(inputs.old_logprobs_BT, mask_BT)
        drift = ((moved_BT.exp() - 1.0 - moved_BT) * mask_BT).double().sum()
        clipped = (self.surrogate.clipped(ratio_BT, credit_BT) & mask_BT).sum()
        return {"clipped": float(clipped) / tokens, "drift": float(drift) / tokens}

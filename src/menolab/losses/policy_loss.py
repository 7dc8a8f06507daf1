"""The policy loss: ratio x surrogate x correction x aggregation x penalty, five independent parts."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.losses.aggregation import Aggregation, SequenceMean
from menolab.losses.correction import Correction, NoCorrection
from menolab.losses.loss import Loss, LossInputs, LossOutputs, drift, masked
from menolab.losses.penalty import NoPenalty, Penalty
from menolab.losses.ratio import Ratio, TokenRatio
from menolab.losses.surrogate import Clip, Surrogate


@dataclass(frozen=True)
class PolicyLoss(Loss):
    """loss = sum_BT w_BT (penalty_BT - c_BT surrogate(ratio_BT, credit_BT)), with the weights w of the aggregation and c of the correction."""

    ratio: Ratio = TokenRatio()
    surrogate: Surrogate = Clip()
    aggregate: Aggregation = SequenceMean()
    penalty: Penalty = NoPenalty()
    correction: Correction = NoCorrection()

    @property
    def silent_without_credit(self) -> bool:
        return not self.penalty.acts_without_credit

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        mask_BT = inputs.mask_BT
        credit_BT = masked(inputs.credit_BT, mask_BT)
        start_BT = inputs.old_logprobs_BT if inputs.recomputed_logprobs_BT is None else inputs.recomputed_logprobs_BT
        ratio_BT = self.ratio(inputs.logprobs_BT, start_BT, mask_BT)
        penalty_BT = masked(self.penalty(inputs), mask_BT)
        corrected_BT = self.correction(inputs) * self.surrogate(ratio_BT, credit_BT)
        per_token_BT = masked(penalty_BT - corrected_BT, mask_BT)
        weights_BT = self.aggregate(inputs).to(per_token_BT.dtype)
        with torch.no_grad():
            clipped = (self.surrogate.clipped(ratio_BT, credit_BT) & mask_BT).sum()
        metrics = {"clipped": float(clipped) / max(inputs.totals.tokens, 1), "drift": drift(inputs)}
        return LossOutputs((weights_BT * per_token_BT).sum(), metrics)

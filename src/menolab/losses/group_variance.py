"""GVPO: implicit rewards regressed on rewards, both centred within the group."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import group_sums
from menolab.errors import check_range
from menolab.losses.anchor import Anchor, SampledPolicy, distance
from menolab.losses.loss import Loss, LossInputs, LossOutputs, drift, members, rollout_mean


@dataclass(frozen=True)
class GroupVariance(Loss):
    """1/Q sum_q 1/(2 (n_q - 1)) sum_i ((R_i - mean R) - (r_i - mean r))^2 with the implicit reward R = beta log pi(y)/pi_anchor(y).

    Zhang et al. 2025, "GVPO: Group Variance Policy Optimization for Large Language Model Post-Training", arXiv:2504.19599. Centring cancels the log
    partition function of pi_anchor exp(r / beta) / Z, the one minimiser whatever distribution the responses were drawn from; so no importance weights.
    The scale, half a sum of squares over n - 1, is that of the authors' code. Credit is the reward r, centred or not. Members of a group are its scorable
    rollouts.
    """

    paper = "arXiv:2504.19599"

    beta: float = 0.1
    """Strength of the KL constraint; 0.1 in the authors' script."""
    anchor: Anchor = SampledPolicy()

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0, open_low=True)

    @property
    def whole_groups(self) -> bool:
        return True

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        member_B = members(inputs).to(inputs.logprobs_BT.dtype)
        count_B = group_sums(member_B, inputs.group_B)

        def centred(values_B: torch.Tensor) -> torch.Tensor:
            return (values_B - group_sums(values_B * member_B, inputs.group_B) / count_B.clamp_min(1.0)) * member_B

        implicit_B = self.beta * distance(inputs, self.anchor).sum(-1)
        gap_B = centred(implicit_B) - centred(rollout_mean(inputs.credit_BT, inputs.mask_BT))
        loss = (gap_B.square() / (count_B - 1.0).clamp_min(1.0)).sum() / (2 * inputs.totals.groups)
        return LossOutputs(loss, {"drift": drift(inputs)})

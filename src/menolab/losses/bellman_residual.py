"""TBRM: the squared Bellman residual of a whole trajectory, with the model's own logits as action values."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import check_range
from menolab.losses.anchor import ReferencePolicy, distance
from menolab.losses.loss import Loss, LossInputs, LossOutputs, drift, members, rollout_mean


@dataclass(frozen=True)
class BellmanResidual(Loss):
    """1/N sum_i (V(s_1) + sum_t (log pi - log pi_ref)(y_t|...) - r_i / beta)^2 with V(s_1) the log-sum-exp of the logits at the first response position.

    Yuan et al. 2025, "Trajectory Bellman Residual Minimization", arXiv:2505.15311. Logits are read as Q-values over beta, so that log pi = Q - V and the
    residuals of single tokens telescope into one. The minimiser is pi_ref exp(r / beta) / Z with V(s_1) = log Z, whatever policy the data came from: no
    critic, no ratio, no group. Credit is the raw reward (no baseline). Under truncated sampling (top-k, top-p) log pi is no longer Q - V: take neither.
    """

    paper = "arXiv:2505.15311"
    needs = frozenset({"reference_logprobs", "normalisers"})

    beta: float = 0.1
    """Temperature of the KL-regularised objective."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0, open_low=True)

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        assert inputs.normaliser_B is not None
        reward_B = rollout_mean(inputs.credit_BT, inputs.mask_BT)
        residual_B = inputs.normaliser_B + distance(inputs, ReferencePolicy()).sum(-1) - reward_B / self.beta
        member_B = members(inputs)
        loss = (residual_B.square() * member_B).sum() / inputs.totals.rollouts
        return LossOutputs(loss, {"drift": drift(inputs), "start_value": float((inputs.normaliser_B * member_B).sum().detach()) / inputs.totals.rollouts})

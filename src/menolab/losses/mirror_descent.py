"""Policy mirror descent: a policy gradient, and a squared log-ratio of whole responses that holds it back."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import check_range
from menolab.losses.anchor import Anchor, SampledPolicy, distance
from menolab.losses.loss import Loss, LossInputs, LossOutputs, drift, masked, members


@dataclass(frozen=True)
class MirrorDescent(Loss):
    """1/N sum_i (-gain sum_t A_t l_t + pull (sum_t l_t)^2) with l_t = log pi(y_t|...) - log pi_anchor(y_t|...), over scorable rollouts.

    Its negative gradient is gain A grad log pi(y) - 2 pull log(pi/pi_anchor)(y) grad log pi(y). With A = r - mean r, gain = 1 and pull = tau/2 it is
    the update of Kimi k1.5 (Kimi Team 2025, arXiv:2501.12599), that of the squared surrogate (r - mean r - tau log pi/pi_old)^2 over 2 tau;
    with both free it is DGRO (arXiv:2505.12951, beta_1 and beta_2). No importance weights: it is right off policy as it stands.
    """

    paper = "arXiv:2501.12599"

    gain: float = 1.0
    """beta_1 of DGRO."""
    pull: float = 0.05
    """beta_2 of DGRO, tau/2 of Kimi k1.5."""
    anchor: Anchor = SampledPolicy()

    def __post_init__(self) -> None:
        check_range("gain", self.gain, 0.0)
        check_range("pull", self.pull, 0.0)

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        far_BT = distance(inputs, self.anchor)
        gained_B = (masked(inputs.credit_BT, inputs.mask_BT) * far_BT).sum(-1)
        per_rollout_B = members(inputs) * (self.pull * far_BT.sum(-1).square() - self.gain * gained_B)
        return LossOutputs(per_rollout_B.sum() / inputs.totals.rollouts, {"drift": drift(inputs)})

"""Cross-entropy of outcomes under an implicit reward: what trains PRIME's process reward model."""

from __future__ import annotations

from dataclasses import dataclass

from torch.nn.functional import binary_cross_entropy_with_logits

from menolab.errors import check_range
from menolab.losses.anchor import ReferencePolicy, distance
from menolab.losses.loss import Loss, LossInputs, LossOutputs, members


@dataclass(frozen=True)
class OutcomeLikelihood(Loss):
    """-1/N sum_i [r_i log sigma(s_i) + (1 - r_i) log(1 - sigma(s_i))] with s_i = beta sum_t log pi(y_t|...) / pi_ref(y_t|...).

    Cui et al. 2025 (PRIME), arXiv:2502.01456, algorithm 1, line 8, after Yuan et al. 2024, arXiv:2412.01981. The label r_i is the rollout's reward: rewards
    beyond [0, 1] count as the nearer end, unscorable rollouts not at all. Credit is not read.
    """

    paper = "arXiv:2502.01456, algorithm 1"
    needs = frozenset({"reference_logprobs"})

    beta: float = 0.05

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0, open_low=True)

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        member_B = members(inputs)
        score_B = self.beta * distance(inputs, ReferencePolicy()).sum(-1)
        label_B = inputs.reward_B.nan_to_num(0.0).clamp(0.0, 1.0).to(score_B.dtype)
        each_B = binary_cross_entropy_with_logits(score_B, label_B, reduction="none")
        return LossOutputs((each_B * member_B).sum() / inputs.totals.rollouts, {})

"""Supervised learning on the tokens that are still to be learnt."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.errors import check_range
from menolab.losses.entropy_bonus import entropy
from menolab.losses.loss import Loss, LossInputs, LossOutputs, masked


@dataclass(frozen=True)
class HighLossTokens(Loss):
    """1/N sum_i 1/k_i sum over T_i of -log pi(y_t): T_i are the k_i tokens of response i with the largest -log pi(y_t) - weight H_t, k_i = share |y_i|.

    Wang et al. 2025 (Light-IF), arXiv:2508.03178, Entropy-SFT, as in the authors' code (custom_entropy_trainer; entropy_coef 0.8, token_ratio 0.8, one
    response a device): what is already likely, or whose distribution is wide anyway, is left alone, so entropy is kept. The choice carries no gradient.
    Ties go to the earlier token. Credit is not read: every demonstration counts 1.
    """

    catalogue = "light-if"
    paper = "arXiv:2508.03178"
    needs = frozenset({"entropy"})

    share: float = 0.8
    """Of each response's tokens."""
    weight: float = 0.8
    """Of the entropy in the choice."""

    def __post_init__(self) -> None:
        check_range("share", self.share, 0.0, 1.0, open_low=True)
        check_range("weight", self.weight, 0.0)

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        loss_BT = -masked(inputs.logprobs_BT, inputs.mask_BT)
        chosen_BT = self.chosen(inputs)
        count_B = chosen_BT.sum(-1).clamp_min(1)
        per_rollout_B = (loss_BT * chosen_BT).sum(-1) / count_B
        return LossOutputs(per_rollout_B.sum() / inputs.totals.rollouts, {"learnt_from": float(chosen_BT.sum()) / max(inputs.totals.tokens, 1)})

    @torch.no_grad()
    def chosen(self, inputs: LossInputs) -> torch.Tensor:
        """bool `[B, T]`: T_i."""
        value_BT = -masked(inputs.logprobs_BT, inputs.mask_BT) - self.weight * entropy(inputs)
        order_BT = masked(value_BT, inputs.mask_BT, float("-inf")).argsort(dim=-1, descending=True, stable=True)
        rank_BT = order_BT.argsort(dim=-1)
        length_B = inputs.mask_BT.sum(-1)
        # The product is rounded first: 0.8 * 5 must be 4 tokens, whatever its last bit says.
        count_B = torch.floor((self.share * length_B.double()) + 1e-9).clamp_min(1.0)
        return (rank_BT < count_B[:, None]) & inputs.mask_BT

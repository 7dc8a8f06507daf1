"""DisCO and DRPO: right answers scored above wrong ones, under a constraint on how far the policy may move."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import group_sums
from menolab.errors import BadInput, check_range
from menolab.losses.loss import Loss, LossInputs, LossOutputs, drift, masked, members, moved, rollout_mean

SCORES = ("likelihood", "ratio")


@dataclass(frozen=True)
class Discriminative(Loss):
    """-1/Q sum_q (sum_pos w_i s_i - tau log mean_neg exp(s_j / tau)) + beta/2 max(KL(pi_old || pi) - delta, 0)^2, over problems with both classes.

    Li et al. 2025, "DisCO", arXiv:2505.12366, and "DRPO: Efficient Reasoning via Decoupled Reward Policy Optimization", arXiv:2510.04474. s is a response's
    mean token log-probability (their log-L) or mean token ratio (L-ratio). Positive and negative are the signs of the credit, so with 0/1 rewards and any
    baseline within the group they are right and wrong. w is uniform over the positives (DisCO) or proportional to exp((1 - |o|/L)/lambda) (DRPO): a
    short right answer counts more, and none counts against. The KL is the mean of -log pi/pi_old over the update's tokens, as in the authors' recipes; problems
    with one class count in Q, as in their code.
    """

    paper = "arXiv:2505.12366"
    needs = frozenset({"whole_update"})

    score: str = "likelihood"
    """"likelihood" or "ratio"."""
    tau: float | None = 10.0
    """How much the highest-scored wrong answers stand out; None: they do not, the plain mean (DisCO-b). 10 for likelihood and 1 for ratio in the recipes."""
    length: float | None = None
    """lambda of DRPO, 0.1 in its recipe; None: length plays no part (DisCO)."""
    beta: float = 1e3
    delta: float = 1e-4
    """The KL that costs nothing. Nats a token."""

    def __post_init__(self) -> None:
        if self.score not in SCORES:
            raise BadInput("score", self.score, f"must be {' or '.join(SCORES)}")
        for field, value in (("tau", self.tau), ("length", self.length)):
            if value is not None:
                check_range(field, value, 0.0, open_low=True)
        check_range("beta", self.beta, 0.0)
        check_range("delta", self.delta, 0.0)

    @property
    def whole_groups(self) -> bool:
        return True

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        credit_B, member_B = rollout_mean(inputs.credit_BT, inputs.mask_BT), members(inputs)
        positive_B, negative_B = member_B & (credit_B > 0), member_B & (credit_B < 0)
        both_B = (group_sums(positive_B.double(), inputs.group_B) > 0) & (group_sums(negative_B.double(), inputs.group_B) > 0)
        per_token_BT = masked(inputs.logprobs_BT, inputs.mask_BT) if self.score == "likelihood" else moved(inputs).exp()
        score_B = rollout_mean(per_token_BT, inputs.mask_BT)
        short_B = 1.0 - inputs.mask_BT.sum(-1).to(score_B.dtype) / inputs.totals.limit
        weight_B = _softmax(short_B, positive_B, inputs.group_B, self.length)
        if self.tau is None:
            hard_B = group_sums(score_B * _softmax(score_B, negative_B, inputs.group_B, None), inputs.group_B)
        else:
            hard_B = self.tau * _log_mean_exp(score_B / self.tau, negative_B, inputs.group_B)
        margin = (weight_B * torch.where(both_B, score_B - hard_B, 0.0)).sum() / inputs.totals.groups
        constraint, kl = self._constraint(inputs)
        tokens = float(inputs.mask_BT.sum()) / max(inputs.totals.tokens, 1)
        return LossOutputs(constraint - margin, {"drift": drift(inputs), "margin": float(margin.detach()), "kl": kl * tokens})

    def _constraint(self, inputs: LossInputs) -> tuple[torch.Tensor, float]:
        """This micro-batch's share of the squared hinge, and the update's KL. The hinge is of the whole update: its gradient is the slope there times
        each share of the KL, and its value is shared out by tokens."""
        assert inputs.whole is not None
        tokens = max(inputs.totals.tokens, 1)
        kl = -float(moved(inputs.whole).double().sum()) / tokens
        excess = max(kl - self.delta, 0.0)
        share = -moved(inputs).sum() / tokens
        value = 0.5 * self.beta * excess**2 * float(inputs.mask_BT.sum()) / tokens
        return self.beta * excess * (share - share.detach()) + value, kl


def _log_mean_exp(values_B: torch.Tensor, chosen_B: torch.Tensor, group_B: torch.Tensor) -> torch.Tensor:
    """For every rollout log mean exp over the chosen of its group; anything finite where none is chosen."""
    top_B = _top(values_B, chosen_B, group_B)
    raised_B = torch.where(chosen_B, (values_B - top_B).exp(), 0.0)
    count_B = group_sums(chosen_B.to(values_B.dtype), group_B).clamp_min(1.0)
    total_B = group_sums(raised_B, group_B)
    return top_B + (torch.where(total_B > 0, total_B, 1.0) / count_B).log()


def _softmax(values_B: torch.Tensor, chosen_B: torch.Tensor, group_B: torch.Tensor, temperature: float | None) -> torch.Tensor:
    """Weights of the chosen, adding up to 1 in every group that has any; equal ones without a temperature. No gradient."""
    values_B = torch.zeros_like(values_B) if temperature is None else values_B.detach() / temperature
    raised_B = torch.where(chosen_B, (values_B - _top(values_B, chosen_B, group_B)).exp(), 0.0)
    return raised_B / group_sums(raised_B, group_B).clamp_min(torch.finfo(values_B.dtype).tiny)


def _top(values_B: torch.Tensor, chosen_B: torch.Tensor, group_B: torch.Tensor) -> torch.Tensor:
    """For every rollout the largest value among the chosen of its group, without gradient; its own where none is chosen."""
    values_B = values_B.detach()
    groups = torch.full((int(group_B.max()) + 1,), -torch.inf, dtype=values_B.dtype, device=values_B.device)
    top_B = groups.scatter_reduce(0, group_B, torch.where(chosen_B, values_B, -torch.inf), "amax")[group_B]
    return torch.where(top_B.isinf(), values_B, top_B)

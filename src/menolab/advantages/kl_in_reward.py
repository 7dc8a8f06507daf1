"""A penalty a token for leaving the reference, as part of the reward."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import check_range
from menolab.records import Batch


@dataclass(frozen=True)
class KLInReward(Advantage):
    """Credit minus beta times the sum over this and all later tokens of log pi_old - log pi_ref, the k1 estimate of KL(pi_old || pi_ref).

    Hu et al. 2025 (REINFORCE++), arXiv:2501.03262: A_t = r(o) - beta sum_{i >= t} KL(i) with KL(i) = log(pi_old(o_i) / pi_ref(o_i)). The reward of
    PPO for language models (Ouyang et al. 2022, arXiv:2203.02155, eq. 2) a token at a time. First in a chain, where credit is the return to go.
    With `turn` only the attempts of that turn are held, as the first ones are in stage I of SCoRe (Kumar et al. 2024, arXiv:2409.12917).
    """

    paper = "arXiv:2501.03262"
    needs = frozenset({"reference_logprobs"})

    beta: float = 0.01
    """Weight."""
    turn: int | None = None
    """Which attempts of a conversation are held; None: all."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0)
        if self.turn is not None:
            check_range("turn", self.turn, 0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        assert batch.reference_logprobs_BT is not None
        held_BT = batch.mask_BT
        if self.turn is not None:
            turn_B = torch.zeros_like(batch.group_B) if batch.turn_B is None else batch.turn_B
            held_BT = held_BT & (turn_B == self.turn)[:, None]
        gap_BT = torch.where(held_BT, batch.logprobs_BT.double() - batch.reference_logprobs_BT.double(), 0.0)
        return (credit_BT.double() - self.beta * to_go(gap_BT)).float()


def to_go(values_BT: torch.Tensor, discount: float = 1.0) -> torch.Tensor:
    """At every token the (discounted) sum of this and all later values. Values outside the mask must be 0."""
    sums_BT = torch.zeros_like(values_BT)
    running_B = torch.zeros_like(values_BT[:, 0])
    for t in reversed(range(values_BT.shape[1])):
        running_B = values_BT[:, t] + discount * running_B
        sums_BT[:, t] = running_B
    return sums_BT

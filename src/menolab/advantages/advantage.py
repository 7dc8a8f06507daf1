"""What an advantage is: numbers in, credit per token out."""

from __future__ import annotations

import abc
from dataclasses import dataclass

import torch

from menolab.pieces import Piece
from menolab.records import Batch


class Advantage(Piece):
    """A transform of credit, chained like optax's: `advantage(batch, credit_BT) -> credit_BT`.

    Credit starts as the return to go without discount: the reward on every token. Baselines subtract from it, scales multiply it, weightings of
    tokens multiply or replace it; they read rewards, tokens and sampled log-probabilities from the batch.
    """

    @abc.abstractmethod
    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        """New credit `[B, T]`. Rollouts whose reward is NaN (unscorable) enter no statistic; what they hold is dropped by `credit`."""


@dataclass(frozen=True)
class Chain(Advantage):
    """Several transforms, one after the other."""

    parts: tuple[Advantage, ...] = ()
    """In order; empty leaves the raw reward."""

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        for part in self.parts:
            credit_BT = part(batch, credit_BT)
        return credit_BT


def credit(batch: Batch, advantage: Advantage, start_BT: torch.Tensor | None = None) -> torch.Tensor:
    """Credit per token `[B, T]` (float32); zero for unscorable rollouts and outside the mask.

    Args:
        start_BT: credit so far; if not given, every token starts with its rollout's reward.
    """
    if start_BT is None:
        start_BT = batch.reward_B[:, None].expand(batch.mask_BT.shape)
    return torch.where(scored(batch), advantage(batch, start_BT), 0.0).float()


def group_sums(values_B: torch.Tensor, group_B: torch.Tensor) -> torch.Tensor:
    """For every rollout the sum over its group of `values_B`; NaN entries count as zero."""
    groups = torch.zeros(int(group_B.max()) + 1, dtype=values_B.dtype, device=values_B.device)
    return groups.index_add(0, group_B, values_B.nan_to_num(0.0))[group_B]


def group_mean(reward_B: torch.Tensor, group_B: torch.Tensor, weight_B: torch.Tensor | None = None) -> torch.Tensor:
    """For every rollout the mean reward of its group's scorable rollouts (float64, NaN where there is none or their weights sum to 0).

    Trap: in float32 the mean of n equal numbers need not be that number, and dividing the rounding error by a tiny deviation has given
    advantages of -2075 in practice. Deviations from the group's first scorable reward are summed instead: exactly zero for equal rewards.

    Args:
        weight_B: weights of a weighted mean; 1 each if not given.
    """
    reward_B = reward_B.double()
    weight_B = torch.ones_like(reward_B) if weight_B is None else weight_B.double()
    first_B = _first_scorable(reward_B, group_B)
    total_B = group_sums(torch.where(reward_B.isnan(), 0.0, weight_B), group_B)
    return first_B + group_sums((reward_B - first_B) * weight_B, group_B) / total_B


def scored(batch: Batch) -> torch.Tensor:
    """bool `[B, T]`: response tokens of scorable rollouts, the ones that statistics over tokens are taken over."""
    return batch.mask_BT & ~batch.reward_B.isnan()[:, None]


def _first_scorable(reward_B: torch.Tensor, group_B: torch.Tensor) -> torch.Tensor:
    scorable = (~reward_B.isnan()).nonzero().squeeze(-1).flip(0)  # reversed, so that the first of a group is written last
    first_G = torch.full((int(group_B.max()) + 1,), float("nan"), dtype=reward_B.dtype, device=reward_B.device)
    for b in scorable.tolist():
        first_G[group_B[b]] = reward_B[b]
    return first_G[group_B]

"""Library records from an oracle's case."""

from __future__ import annotations

import torch

from menolab.advantages.advantage import credit
from menolab.losses.loss import LossInputs
from menolab.records import Batch, Totals
from menolab.stages.reinforce import Reinforce
from oracles import Case, Ragged


def padded(rows: Ragged, width: int, *, fill: float = float("nan"), dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """Rows right-padded with NaN, which must never matter."""
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows], dtype=dtype)


def mask_of(lengths: list[int], width: int) -> torch.Tensor:
    return torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]


def totals_of(case: Case) -> Totals:
    return Totals(rollouts=len(case.lengths), tokens=sum(case.lengths), groups=len(case.groups), limit=case.limit)


def batch_of(case: Case, *, extra: int = 2, dtype: torch.dtype = torch.float64) -> Batch:
    width = max(case.lengths) + extra
    return Batch(
        prompts=tuple((1,) for _ in case.lengths),
        tokens_BT=torch.zeros(len(case.lengths), width, dtype=torch.int64),
        mask_BT=mask_of(case.lengths, width),
        logprobs_BT=padded(case.old, width, dtype=dtype),
        reward_B=torch.tensor([float("nan") if r is None else r for r in case.rewards], dtype=dtype),
        group_B=torch.tensor(case.group_of),
        truncated_B=torch.zeros(len(case.lengths), dtype=torch.bool),
        totals=totals_of(case),
    )


def inputs_of(case: Case, credit_BT: torch.Tensor, *, extra: int = 2) -> LossInputs:
    """float64 inputs whose log-probabilities ask for a gradient."""
    width = max(case.lengths) + extra
    return LossInputs(
        logprobs_BT=padded(case.logprobs, width).requires_grad_(True),
        old_logprobs_BT=padded(case.old, width),
        credit_BT=credit_BT,
        mask_BT=mask_of(case.lengths, width),
        totals=totals_of(case),
        reward_B=torch.tensor([float("nan") if r is None else r for r in case.rewards], dtype=torch.float64),
        group_B=torch.tensor(case.group_of),
        group_tokens_B=torch.tensor([sum(n for n, h in zip(case.lengths, case.group_of, strict=True) if h == g) for g in case.group_of]),
        sampled_entropy=-sum(map(sum, case.old)) / sum(case.lengths),
        reference_logprobs_BT=padded(case.reference, width),
    )


def gradient_of(method: Reinforce, case: Case) -> list[list[float]]:
    """d loss / d logprob as the library computes it, from rewards to gradient."""
    inputs = inputs_of(case, credit(batch_of(case), method.advantage).double())
    method.loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    return [row[:n] for row, n in zip(inputs.logprobs_BT.grad.tolist(), case.lengths, strict=True)]

"""Entropy-SFT: which tokens are learnt, against a plain-Python choice; and what it does to entropy."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from batches import inputs_of
from loss_cases import Extras, agrees, everything
from menolab.errors import BadInput
from menolab.losses.high_loss_tokens import HighLossTokens
from menolab.losses.likelihood import Likelihood
from menolab.losses.loss import Loss
from oracles import Case, Ragged, mean


def _chosen(logprobs: list[float], entropy: list[float], share: float, weight: float) -> set[int]:
    value = [-lp - weight * h for lp, h in zip(logprobs, entropy, strict=True)]
    ranked = sorted(range(len(value)), key=lambda t: (-value[t], t))
    return set(ranked[: max(1, math.floor(share * len(value) + 1e-9))])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("share", "weight"), [(0.8, 0.8), (0.4, 0.0), (1.0, 2.0)])
def test_value_and_gradient(seed: int, share: float, weight: float) -> None:
    case = Case(seed)
    entropy = Extras(case).entropy
    chosen = [_chosen(row, h, share, weight) for row, h in zip(case.logprobs, entropy, strict=True)]

    def oracle(logprobs: Ragged) -> float:
        return mean([mean([-row[t] for t in sorted(own)]) if row else 0.0 for row, own in zip(logprobs, chosen, strict=True)])

    agrees(HighLossTokens(share, weight), everything(case, [1.0] * len(case.lengths)), case, oracle)


def test_all_tokens_of_five_and_of_one() -> None:
    case = Case(0)
    case.groups, case.lengths, case.rewards = [2], [5, 1], [0.0, 0.0]
    case.logprobs = case.old = case.reference = [[-1.0, -2.0, -0.5, -3.0, -0.1], [-1.0]]
    inputs = everything(case, [1.0, 1.0])
    entropy = torch.zeros_like(inputs.logprobs_BT)
    chosen = HighLossTokens(0.8, 0.8).chosen(replace(inputs, entropy_BT=entropy))
    assert chosen[0, :5].tolist() == [True, True, True, True, False] and chosen[1, :1].tolist() == [True] and not chosen[:, 5:].any()


def _fit(loss: Loss, steps: int = 60) -> torch.Tensor:
    """Five positions of a table, one demonstration: probabilities after gradient descent."""
    case = Case(0)
    case.groups, case.lengths, case.rewards = [1], [5], [0.0]
    case.logprobs = case.old = case.reference = [[-1.0] * 5]
    table = torch.zeros(5, 4, dtype=torch.float64)
    table[:, 0] = torch.tensor([0.0, 0.0, 1.0, 2.0, 3.0])
    table.requires_grad_(True)
    for _ in range(steps):
        all_ = table.log_softmax(-1)
        inputs = inputs_of(case, torch.ones(1, 5, dtype=torch.float64), extra=0)
        loss(replace(inputs, logprobs_BT=all_[None, :, 0], entropy_BT=-(all_.exp() * all_).sum(-1)[None])).loss.backward()
        assert table.grad is not None
        table.data -= 2.0 * table.grad
        table.grad = None
    return table.detach().softmax(-1)


def test_entropy_stays_above_that_of_plain_fitting_and_the_demonstration_is_learnt() -> None:
    plain, kept = _fit(Likelihood()), _fit(HighLossTokens(0.4, 0.8))
    entropy = [float(-(p * p.log()).sum(-1).mean()) for p in (plain, kept)]
    assert entropy[1] > 1.1 * entropy[0]
    assert (plain.argmax(-1) == 0).all() and (kept.argmax(-1) == 0).all()


def test_what_makes_no_sense() -> None:
    with pytest.raises(BadInput, match="share"):
        HighLossTokens(0.0)
    with pytest.raises(BadInput, match="weight"):
        HighLossTokens(0.5, -1.0)

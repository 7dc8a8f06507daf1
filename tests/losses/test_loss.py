"""What every loss builds on: masks before formulas, members of groups, drift."""

from __future__ import annotations

import math

import pytest
import torch

from loss_cases import credit_of, everything
from menolab.losses.loss import drift, masked, members, moved, rollout_mean
from oracles import Case


def test_a_mask_on_the_inputs_keeps_nan_out_of_the_gradient() -> None:
    x = torch.tensor([[1.0, float("nan")]], requires_grad=True)
    masked(x, torch.tensor([[True, False]])).square().sum().backward()
    assert x.grad is not None and x.grad.tolist() == [[2.0, 0.0]]


def test_members_have_a_reward_and_tokens() -> None:
    case = Case(3)
    found = members(everything(case, credit_of(case))).tolist()
    assert found == [r is not None and n > 0 for r, n in zip(case.rewards, case.lengths, strict=True)]
    assert not found[2] and not found[9] and sum(found) == len(found) - 2


def test_means_and_drift() -> None:
    case = Case(3)
    inputs = everything(case, credit_of(case))
    gaps = [[a - b for a, b in zip(row, old, strict=True)] for row, old in zip(case.logprobs, case.old, strict=True)]
    assert rollout_mean(moved(inputs), inputs.mask_BT).tolist() == pytest.approx([sum(row) / len(row) if row else 0.0 for row in gaps])
    assert drift(inputs) == pytest.approx(sum(math.exp(g) - 1 - g for row in gaps for g in row) / sum(case.lengths))

"""Ratios of whole responses."""

from __future__ import annotations

import math

import pytest
import torch

from loss_cases import agrees, credit_of, everything
from menolab.losses.aggregation import SequenceSum
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.surrogate import Linear
from menolab.losses.trajectory_ratio import TrajectoryRatio
from oracles import Case, gradient, log_ratio_sums, mean


@pytest.mark.parametrize("seed", range(3))
def test_gradient_is_that_of_importance_sampled_responses(seed: int) -> None:
    """d/dtheta of 1/N sum_i A_i pi(y_i)/pi_old(y_i), by central differences of the products themselves."""
    case = Case(seed)
    credit = credit_of(case)

    def importance(logprobs: list[list[float]]) -> float:
        return -mean([a * math.exp(s) for a, s in zip(credit, log_ratio_sums(logprobs, case.old), strict=True)])

    agrees(PolicyLoss(TrajectoryRatio(), Linear(), SequenceSum()), everything(case, credit), case, None, gradient(importance, case.logprobs))


def test_far_from_the_sampler_it_stays_finite() -> None:
    logprobs_BT = torch.full((1, 300), -0.01, requires_grad=True)
    ratio_BT = TrajectoryRatio()(logprobs_BT, torch.full((1, 300), -3.0), torch.ones(1, 300, dtype=torch.bool))
    ratio_BT.sum().backward()
    assert ratio_BT.isfinite().all() and logprobs_BT.grad is not None and logprobs_BT.grad.isfinite().all()
    assert ratio_BT[0, 0].item() == pytest.approx(math.exp(20))

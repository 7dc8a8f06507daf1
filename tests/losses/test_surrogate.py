"""The surrogates of PPO and of the plain policy gradient."""

from __future__ import annotations

import math

import pytest
import torch

from loss_cases import one_token, surrogate_agrees
from menolab.errors import BadInput
from menolab.losses.surrogate import Clip, Linear, score_function
from oracles import clipped_objective


def test_value_and_gradient() -> None:
    surrogate_agrees(Linear(), lambda lp, old, a: math.exp(lp - old) * a)
    surrogate_agrees(Clip(0.1, 0.3), lambda lp, old, a: clipped_objective(lp, old, a, 0.1, 0.3))


@pytest.mark.parametrize(("rho", "advantage", "slope"), [(1.5, 1.0, 0.0), (0.5, 1.0, 0.5), (0.5, -1.0, 0.0), (1.5, -1.0, -1.5), (1.1, 1.0, 1.1)])
def test_clip_kills_the_gradient_on_the_right_side_only(rho: float, advantage: float, slope: float) -> None:
    assert one_token(Clip(), rho, advantage)[1] == pytest.approx(slope)
    clipped = Clip().clipped(torch.tensor([rho]), torch.tensor([advantage]))
    assert bool(clipped) == (slope == 0.0)


def test_the_score_function_survives_a_ratio_that_underflowed() -> None:
    ratio = torch.tensor([0.0, 1e-30, 2.0], requires_grad=True)
    value = score_function(ratio)
    value.sum().backward()
    assert value.tolist() == [0.0, 1.0, 1.0] and ratio.grad is not None and ratio.grad.isfinite().all()


def test_values_that_make_no_sense() -> None:
    with pytest.raises(BadInput, match="low"):
        Clip(low=1.2)

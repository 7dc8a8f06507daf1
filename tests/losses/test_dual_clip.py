"""Dual-clip PPO: a floor under what a bad action can cost."""

from __future__ import annotations

import pytest
import torch

from loss_cases import one_token, surrogate_agrees
from menolab.errors import BadInput
from menolab.losses.dual_clip import DualClip
from menolab.losses.surrogate import Clip
from oracles import dual_clipped_objective


def test_value_and_gradient() -> None:
    surrogate_agrees(DualClip(0.1, 0.3, 1.8), lambda lp, old, a: dual_clipped_objective(lp, old, a, 0.1, 0.3, 1.8))


def test_bounds_what_a_bad_action_costs() -> None:
    """For A < 0 and rho > c the objective is c A without gradient; elsewhere it is PPO's."""
    assert one_token(DualClip(cap=3.0), 5.0, -2.0) == (-6.0, 0.0)
    assert one_token(Clip(), 5.0, -2.0) == pytest.approx((-10.0, -10.0))
    for rho, advantage in ((2.9, -2.0), (0.5, -2.0), (5.0, 2.0), (0.9, 1.0)):
        assert one_token(DualClip(cap=3.0), rho, advantage) == one_token(Clip(), rho, advantage)


def test_says_where_it_cuts_the_gradient_off() -> None:
    clipped = DualClip(cap=3.0).clipped(torch.tensor([5.0, 5.0, 1.0, 0.5, 1.5]), torch.tensor([-1.0, 1.0, -1.0, -1.0, 1.0]))
    assert clipped.tolist() == [True, True, False, True, True]


@pytest.mark.parametrize("fields", [{"cap": 1.0}, {"low": 1.2}, {"high": -0.1}])
def test_values_that_make_no_sense(fields: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        DualClip(**fields)

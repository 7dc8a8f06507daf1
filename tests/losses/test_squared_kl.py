"""The squared log-ratio: on policy its gradient is that of the KL divergence."""

from __future__ import annotations

import pytest
import torch

from loss_cases import POLICY, SAMPLER, expected_gradient, penalty_agrees
from menolab.errors import BadInput
from menolab.losses.squared_kl import SquaredKL


def test_value_and_gradient() -> None:
    penalty_agrees(SquaredKL(0.3), lambda lp, old, ref: 0.3 * (lp - ref) ** 2 / 2)


def test_gradient_is_that_of_the_kl_on_policy_and_only_there() -> None:
    truth = expected_gradient(None, POLICY)
    torch.testing.assert_close(expected_gradient(SquaredKL(1.0), POLICY), truth, atol=1e-12, rtol=0)
    assert (expected_gradient(SquaredKL(1.0), SAMPLER) - truth).norm() > 0.05


def test_values_that_make_no_sense() -> None:
    with pytest.raises(BadInput):
        SquaredKL(-1.0)

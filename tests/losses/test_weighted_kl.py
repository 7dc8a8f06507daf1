"""KL estimates under the importance ratio: right wherever the tokens came from."""

from __future__ import annotations

import math

import pytest
import torch

from loss_cases import POLICY, SAMPLER, expected_gradient, penalty_agrees
from menolab.errors import BadInput
from menolab.losses.weighted_kl import WeightedKL
from oracles import k3


def test_value_and_gradient() -> None:
    penalty_agrees(WeightedKL(0.3, "k3"), lambda lp, old, ref: 0.3 * math.exp(lp - old) * k3(lp, ref))
    penalty_agrees(WeightedKL(0.3, "k1"), lambda lp, old, ref: 0.3 * math.exp(lp - old) * (lp - ref))


@pytest.mark.parametrize("estimate", ["k1", "k3"])
@pytest.mark.parametrize("sampler", [POLICY, SAMPLER], ids=["on policy", "off policy"])
def test_gradient_is_that_of_the_kl(estimate: str, sampler: torch.Tensor) -> None:
    torch.testing.assert_close(expected_gradient(WeightedKL(1.0, estimate), sampler), expected_gradient(None, POLICY), atol=1e-12, rtol=0)


@pytest.mark.parametrize("fields", [{"estimate": "k2"}, {"beta": -0.1}])
def test_values_that_make_no_sense(fields: dict) -> None:
    with pytest.raises(BadInput):
        WeightedKL(**fields)

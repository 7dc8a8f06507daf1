"""DeGRPO's weights: the first token apart."""

from __future__ import annotations

import pytest
import torch

from batches import inputs_of
from loss_cases import credit_of, everything
from menolab.losses.aggregation import SequenceMean
from menolab.losses.decoupled import Decoupled
from menolab.losses.policy_loss import PolicyLoss
from oracles import Case


@pytest.mark.parametrize("alpha", [0.0, 0.001, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_weights(seed: int, alpha: float) -> None:
    case = Case(seed)
    inputs = everything(case, credit_of(case))
    weights = Decoupled(alpha)(inputs).tolist()
    for row, length in zip(weights, case.lengths, strict=True):
        expected = [alpha] * min(length, 1) + [1 / max(length - 1, 1)] * max(length - 1, 0)
        assert [w * len(case.lengths) for w in row] == pytest.approx(expected + [0.0] * (len(row) - length))


def _first_token_gradient(loss: PolicyLoss, length: int) -> float:
    case = Case(0)
    case.groups, case.lengths = [2], [length, 3]
    case.rewards = [1.0, 0.0]
    case.logprobs = case.old = case.reference = [[-1.0] * n for n in case.lengths]
    inputs = inputs_of(case, torch.tensor([[0.5], [-0.5]], dtype=torch.float64).expand(-1, max(case.lengths) + 2))
    loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    return inputs.logprobs_BT.grad[0, 0].item()


def test_the_control_token_s_gradient_scales_with_alpha_whatever_the_length() -> None:
    for alpha in (0.001, 0.1):
        gradients = [_first_token_gradient(PolicyLoss(aggregate=Decoupled(alpha)), n) for n in (1, 2, 10, 60)]
        assert gradients == pytest.approx([-alpha * 0.5 / 2] * 4)
    short, long = (_first_token_gradient(PolicyLoss(aggregate=SequenceMean()), n) for n in (2, 60))
    assert short == pytest.approx(30 * long), "a mean over the response drowns it"

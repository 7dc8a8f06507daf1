"""T-SPMO: a sum over distinct (prefix, token) pairs."""

from __future__ import annotations

import pytest
import torch

from batches import inputs_of
from credit_cases import credit_batch, one_group
from menolab.advantages.advantage import credit
from menolab.methods.t_spmo import t_spmo


def test_every_pair_counts_once() -> None:
    """Responses that share a pair share its log-probability: its gradient, added over them, is -A / N."""
    case = one_group([1.0, 0.0, 0.0, 1.0], [[5, 1], [5, 2], [5, 2], [6, 1]])
    inputs = inputs_of(case, credit(credit_batch(case), t_spmo().advantage).double())
    t_spmo().loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    grad = inputs.logprobs_BT.grad
    pairs = {"5": grad[:3, 0].sum(), "6": grad[3, 0], "51": grad[0, 1], "52": grad[1:3, 1].sum(), "61": grad[3, 1]}
    expected = {"5": 1 / 3 - 1 / 2, "6": 1.0 - 1 / 2, "51": 1.0 - 1 / 3, "52": 0.0 - 1 / 3, "61": 0.0}
    for pair, a in expected.items():
        assert float(pairs[pair]) == pytest.approx(-a / 4, abs=1e-6)
    assert torch.isfinite(grad[:, :2]).all()

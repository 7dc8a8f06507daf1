"""The value head's error, clipped."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from loss_cases import Extras, everything
from menolab.errors import BadInput
from menolab.losses.aggregation import TokenMean
from menolab.losses.clipped_value import ClippedValue
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Linear
from oracles import Case, Ragged, clipped_value_error, gradient, weigh_case


@pytest.mark.parametrize("seed", range(3))
def test_value_and_gradient_in_the_values(seed: int) -> None:
    case = Case(seed)
    more = Extras(case)
    inputs = everything(case, [0.0] * len(case.lengths))
    out = PolicyLoss(TokenRatio(), Linear(), TokenMean(), ClippedValue(0.7, 0.2))(inputs)
    out.loss.backward()

    def oracle(values: Ragged) -> float:
        rows = zip(values, more.old_values, more.returns, strict=True)
        return weigh_case([[0.7 * clipped_value_error(v, o, r, 0.2) for v, o, r in zip(*row, strict=True)] for row in rows], "TokenMean", case)

    assert out.loss.item() == pytest.approx(oracle(more.values), abs=1e-12)
    assert inputs.values_BT is not None and inputs.values_BT.grad is not None
    for b, row in enumerate(gradient(oracle, more.values)):
        assert inputs.values_BT.grad[b, : len(row)].tolist() == pytest.approx(row, abs=1e-8)


def test_a_value_that_has_moved_away_from_the_return_is_still_pulled_back() -> None:
    """Beyond the range it is left alone only where it moved *towards* the return."""
    case = Case(0)
    case.groups, case.lengths, case.rewards = [2], [1, 1], [0.0, 0.0]
    case.logprobs = case.old = case.reference = [[-1.0], [-1.0]]
    value_BT = torch.tensor([[1.0], [1.0]], dtype=torch.float64, requires_grad=True)
    made = {"values_BT": value_BT, "old_values_BT": torch.zeros(2, 1), "returns_BT": torch.tensor([[2.0], [-2.0]])}
    ClippedValue(1.0, 0.2)(replace(everything(case, [0.0, 0.0], extra=0), **made)).sum().backward()
    assert value_BT.grad is not None and value_BT.grad.tolist() == [[0.0], [3.0]]


@pytest.mark.parametrize("fields", [{"range": 0.0}, {"weight": -1.0}])
def test_values_that_make_no_sense(fields: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        ClippedValue(**fields)

"""SAPO: slope one on policy, fading on both sides."""

from __future__ import annotations

import pytest

from loss_cases import one_token, surrogate_agrees
from menolab.errors import BadInput
from menolab.losses.soft_gate import SoftGate
from oracles import soft_gated_objective


def test_value_and_gradient() -> None:
    surrogate_agrees(SoftGate(1.0, 1.3), lambda lp, old, a: soft_gated_objective(lp, old, a, 1.0, 1.3))


def test_slope_is_one_on_policy_and_fades_on_both_sides_and_faster_for_the_bad() -> None:
    assert one_token(SoftGate(), 1.0, 2.0)[1] == pytest.approx(2.0) and one_token(SoftGate(), 1.0, -2.0)[1] == pytest.approx(-2.0)
    gate = [one_token(SoftGate(3.0, 3.0), rho, 1.0)[1] / rho for rho in (0.2, 0.6, 1.0, 1.4, 1.8)]
    assert gate[0] < gate[1] < gate[2] > gate[3] > gate[4] > 0
    assert abs(one_token(SoftGate(1.0, 2.0), 2.0, -1.0)[1]) < one_token(SoftGate(1.0, 2.0), 2.0, 1.0)[1]


@pytest.mark.parametrize("fields", [{"positive": 0.0}, {"negative": -1.0}])
def test_values_that_make_no_sense(fields: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        SoftGate(**fields)

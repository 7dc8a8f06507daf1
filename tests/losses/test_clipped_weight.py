"""CISPO: every token learns, under a bounded weight."""

from __future__ import annotations

import math

import pytest

from loss_cases import OfToken, one_token, surrogate_agrees, survives_underflow
from menolab.errors import BadInput
from menolab.losses.clipped_weight import ClippedWeight
from menolab.losses.surrogate import Clip


def _weighted(low: float, high: float) -> OfToken:
    return lambda lp, old, a: min(max(math.exp(lp - old), low), high) * a


@pytest.mark.parametrize(("surrogate", "low", "high"), [(ClippedWeight(0.2, 0.3), 0.8, 1.3), (ClippedWeight(), 0.0, 5.0)], ids=repr)
def test_value_and_stopped_gradient(surrogate: ClippedWeight, low: float, high: float) -> None:
    surrogate_agrees(surrogate, _weighted(low, high), _weighted(low, high))
    survives_underflow(surrogate)


def test_keeps_the_gradient_where_ppo_drops_the_token() -> None:
    assert one_token(Clip(0.2, 0.3), 4.0, 1.0)[1] == 0.0
    assert one_token(ClippedWeight(1.0, 0.3), 4.0, 1.0)[1] == pytest.approx(1.3)


@pytest.mark.parametrize("fields", [{"low": 1.5}, {"high": -0.1}])
def test_values_that_make_no_sense(fields: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        ClippedWeight(**fields)

"""GPPO: the value of clip-higher, and a bounded gradient where that has none."""

from __future__ import annotations

import math

import pytest

from loss_cases import one_token, surrogate_agrees, survives_underflow
from menolab.errors import BadInput
from menolab.losses.gradient_preserving_clip import GradientPreservingClip
from menolab.losses.surrogate import Clip
from oracles import clipped_objective, gradient_preserving_slope


def test_value_and_stopped_gradient() -> None:
    surrogate_agrees(
        GradientPreservingClip(0.1, 0.3),
        lambda lp, old, a: clipped_objective(lp, old, a, 0.1, 0.3),
        lambda lp, old, a: gradient_preserving_slope(math.exp(lp - old), a, 0.1, 0.3),
    )
    survives_underflow(GradientPreservingClip())


@pytest.mark.parametrize(("rho", "advantage", "slope"), [(1.5, 2.0, 1.28 * 2.0), (0.5, -2.0, -0.8 * 2.0), (0.5, 2.0, 1.0), (1.5, -2.0, -3.0)])
def test_clipped_tokens_have_the_gradient_of_the_bound(rho: float, advantage: float, slope: float) -> None:
    value, found = one_token(GradientPreservingClip(0.2, 0.28), rho, advantage)
    assert value == pytest.approx(one_token(Clip(0.2, 0.28), rho, advantage)[0]) and found == pytest.approx(slope)


@pytest.mark.parametrize("fields", [{"low": 1.5}, {"high": -0.1}])
def test_values_that_make_no_sense(fields: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        GradientPreservingClip(**fields)

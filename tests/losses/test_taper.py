"""TOPR: likelihood for the good, truncated importance for the bad."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from loss_cases import one_token, surrogate_agrees, survives_underflow
from menolab.errors import BadInput
from menolab.losses.taper import Taper


def _bounded(lp: float, old: float, a: float) -> float:
    low, high = (0.5, 1.5) if a >= 0 else (0.3, 0.9)
    return min(max(math.exp(lp - old), low), high) * a


def _published(lp: float, old: float, a: float) -> float:
    return a if a >= 0 else min(math.exp(lp - old), 1.0) * a


def test_value_and_stopped_gradient() -> None:
    surrogate_agrees(Taper(), _published, _published)
    surrogate_agrees(Taper((0.5, 1.5), (0.3, 0.9)), _bounded, _bounded)
    survives_underflow(Taper())


def test_goes_on_learning_the_good_and_lets_go_of_the_bad() -> None:
    assert one_token(Taper(), 0.01, 1.0)[1] == pytest.approx(1.0), "a good response that has become unlikely is still learnt"
    assert one_token(Taper(), 0.01, -1.0)[1] == pytest.approx(-0.01), "a bad one is left alone"
    assert one_token(Taper(), 50.0, -1.0)[1] == pytest.approx(-1.0)


@pytest.mark.parametrize("make", [lambda: Taper(positive=(2.0, 1.0)), lambda: Taper(negative=(0.0,)), lambda: Taper(negative=(-1.0, 1.0))])  # type: ignore[arg-type]
def test_values_that_make_no_sense(make: Callable[[], Taper]) -> None:
    with pytest.raises(BadInput):
        make()

"""Schedules: factors in [0, 1], as the formulas say."""

from __future__ import annotations

import math

import pytest

from menolab.errors import BadInput
from menolab.pieces import members
from menolab.schedules import Constant, Cosine, CosineUntil, Schedule, SigmoidDecay, Stairs


@pytest.mark.parametrize("schedule", [*(cls() for cls in members(Schedule).values()), Constant(0.2), Cosine(0.0, 0.1), Cosine(1.0)], ids=repr)
def test_family(schedule: Schedule) -> None:
    values = [schedule(i / 200) for i in range(201)]
    assert all(0.0 <= v <= 1.0 for v in values) and max(values) == pytest.approx(1.0, abs=0.06)


def test_warm_up_is_linear_and_then_constant() -> None:
    assert [Constant(0.2)(p) for p in (0.0, 0.05, 0.1, 0.2, 0.7, 1.0)] == pytest.approx([0.0, 0.25, 0.5, 1.0, 1.0, 1.0])
    assert Constant()(0.0) == 1.0


def test_cosine_goes_to_its_floor() -> None:
    schedule = Cosine(warmup=0.2, floor=0.1)
    for p in (0.2, 0.4, 0.6, 0.9, 1.0):
        assert schedule(p) == pytest.approx(0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * (p - 0.2) / 0.8)))
    assert schedule(0.1) == pytest.approx(0.5) and schedule(1.0) == pytest.approx(0.1)


def test_sigmoid_decay_falls_from_1_to_0() -> None:
    schedule = SigmoidDecay(middle=0.4, steepness=30.0)
    values = [schedule(i / 200) for i in range(201)]
    assert values == sorted(values, reverse=True) and values[0] > 0.999 and values[-1] < 1e-7 and schedule(0.4) == pytest.approx(0.5)
    for p in (0.1, 0.35, 0.8):
        assert schedule(p) == pytest.approx(1 - 1 / (1 + math.exp(-30 * (p - 0.4))))


def test_cosine_until_is_0_after_its_phase() -> None:
    schedule = CosineUntil(high=0.95, low=0.05, until=0.6)
    for p in (0.0, 0.2, 0.59):
        assert schedule(p) == pytest.approx(0.05 + 0.5 * 0.9 * (1 + math.cos(math.pi * p / 0.6)))
    assert schedule(0.0) == pytest.approx(0.95) and schedule(0.599999) == pytest.approx(0.05, abs=1e-4)
    assert schedule(0.6) == schedule(1.0) == 0.0 == CosineUntil(until=0.0)(0.0)


@pytest.mark.parametrize(
    "wrong", [lambda: Constant(-0.1), lambda: Cosine(1.1), lambda: Cosine(0.0, 2.0), lambda: CosineUntil(0.1, 0.2), lambda: SigmoidDecay(2.0)]
)
def test_out_of_range(wrong) -> None:
    with pytest.raises(BadInput, match="schedule"):
        wrong()


def test_stairs_have_equal_shares() -> None:
    stairs = Stairs((1.0, 0.75, 0.5))
    assert [stairs(p) for p in (0.0, 0.33, 0.34, 0.66, 0.67, 1.0)] == [1.0, 1.0, 0.75, 0.75, 0.5, 0.5]
    assert [Stairs((0.0, 1.0))(p) for p in (0.49, 0.5)] == [0.0, 1.0]
    with pytest.raises(BadInput, match="at least one"):
        Stairs(())
    with pytest.raises(BadInput, match="values"):
        Stairs((1.0, -1.5))

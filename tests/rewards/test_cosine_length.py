"""The cosine reward: ends, slopes, and what lies in between."""

from __future__ import annotations

import math

import pytest

from menolab.errors import BadInput
from menolab.rewards.cosine_length import CosineLength
from reward_cases import group

PAPER = CosineLength(2.0, 1.0, -10.0, 0.0, exceeded=-10.0)


def _curve(reward: CosineLength, label: str) -> list[float]:
    return [float(v or 0.0) for v in reward(group(*((label, n) for n in range(101))), 0.0)]


@pytest.mark.parametrize(("label", "a", "b"), [("right", 1.0, 0.5), ("wrong", -1.0, -0.5), ("none", -1.0, -0.5)])
def test_against_plain_python(label: str, a: float, b: float) -> None:
    """CosFn(t, T, a, b) as the paper writes it: eta_min + (eta_max - eta_min) (1 + cos(t pi / T)) / 2 with eta_max = a at t = 0."""
    assert _curve(CosineLength(), label) == pytest.approx([b + 0.5 * (a - b) * (1 + math.cos(math.pi * t / 100)) for t in range(101)])


@pytest.mark.parametrize("reward", [CosineLength(), CosineLength(2.0, 1.0, -10.0, -1e-9)])
def test_identities(reward: CosineLength) -> None:
    fine, bad = _curve(reward, "right"), _curve(reward, "wrong")
    assert (fine[0], fine[-1]) == pytest.approx((reward.right_short, reward.right_long))
    assert (bad[0], bad[-1]) == pytest.approx((reward.wrong_short, reward.wrong_long))
    assert bad[0] < bad[-1] < 0 < min(fine)
    assert fine == sorted(fine, reverse=True) and bad == sorted(bad), "monotone: shorter is better if right, longer is better if wrong"
    middle = abs(fine[51] - fine[50])
    assert abs(fine[1] - fine[0]) < 0.05 * middle > abs(fine[100] - fine[99]), "flat at both ends"


def test_the_limit_costs_right_and_wrong_ones_alike() -> None:
    assert PAPER(group(("right", 100), ("wrong", 100), ("right", 120), ("unsure", 100), ("right", 0)), 0.0) == [-10.0, -10.0, -10.0, None, 2.0]
    assert PAPER(group(("right", 99), ("wrong", 99)), 0.0) == pytest.approx([1.0, 0.0], abs=0.01)
    assert CosineLength()(group(("right", 120), ("wrong", 120)), 0.0) == pytest.approx([0.5, -0.5]), "beyond the limit as at it"


def test_ends_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(BadInput, match="right_short"):
        CosineLength(right_short=0.4)
    with pytest.raises(BadInput, match="wrong_long"):
        CosineLength(wrong_long=-2.0)

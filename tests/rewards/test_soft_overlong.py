"""DAPO's soft overlong punishment: three zones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from menolab.errors import BadInput
from menolab.records import Group, Problem, Rollout
from menolab.rewards.soft_overlong import SoftOverlong


def _group(*lengths: int, limit: int | None = 100) -> Group:
    rollouts = tuple(Rollout((1,), (2,) * n, (-0.1,) * n, "", "stop", i) for i, n in enumerate(lengths))
    return Group(Problem("p", "t", "?", "1"), rollouts, limit)


def test_zero_then_linear_then_minus_one() -> None:
    got = SoftOverlong(0.2)(_group(0, 79, 80, 85, 90, 99, 100, 120), 0.0)
    assert got == pytest.approx([0.0, 0.0, 0.0, -0.25, -0.5, -0.95, -1.0, -1.0])


@pytest.mark.parametrize("cache", [0.05, 0.2, 1.0])
def test_equation_13(cache: float) -> None:
    most, buffer = 100, cache * 100
    for n, got in zip(range(130), SoftOverlong(cache)(_group(*range(130)), 0.0), strict=True):
        expected = 0.0 if n <= most - buffer else ((most - buffer) - n) / buffer if n <= most else -1.0
        assert got == pytest.approx(expected)


def test_supplied_tokens_are_not_the_model_s_length() -> None:
    group = _group(100)
    assert SoftOverlong(0.2)(group.with_rollouts((replace(group.rollouts[0], given=30),)), 0.0) == [0.0]


def test_without_a_limit_it_says_who_must_set_it() -> None:
    with pytest.raises(BadInput, match="sampler must set it"):
        SoftOverlong()(_group(3, limit=None), 0.0)

"""L1-Exact: the distance from the length that was asked for."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.rewards.exact_length import ExactLength
from reward_cases import group


def test_identity() -> None:
    rows = group(("right", 0), ("wrong", 40), ("right", 41), ("none", 100), ("unsure", 30), asked=40)
    assert ExactLength(1.23)(rows, 0.0) == pytest.approx([-1.23 * d / 100 for d in (40, 0, 1, 60, 10)])
    paper = group(("right", 1000), limit=4096, asked=3000)
    assert ExactLength()(paper, 0.0) == pytest.approx([-3e-4 * 2000], rel=2e-3), "3e-4 a token under the paper's limit"


def test_a_prompt_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="use the sampler Budgeted"):
        ExactLength()(group(("right", 3)), 0.0)

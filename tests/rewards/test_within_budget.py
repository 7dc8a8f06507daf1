"""L1-Max: right, and below the budget."""

from __future__ import annotations

import pytest

from menolab.rewards.within_budget import WithinBudget
from reward_cases import group


@pytest.mark.parametrize("alpha", [0.3, 1.23, 10.0])
def test_against_plain_python(alpha: float) -> None:
    lengths = list(range(0, 101, 5))
    got = [float(v or 0.0) for v in WithinBudget(alpha)(group(*(("right", n) for n in lengths), asked=40), 0.0)]
    assert got == pytest.approx([min(max(alpha * (40 - n) / 100 + 0.5, 0.0), 1.0) for n in lengths])
    assert got == sorted(got, reverse=True) and 0.0 <= got[-1] <= got[0] <= 1.0


def test_half_at_the_budget_nothing_when_wrong() -> None:
    rows = group(("right", 40), ("wrong", 40), ("wrong", 0), ("none", 0), ("unsure", 0), ("right", 45), asked=40)
    got = WithinBudget()(rows, 0.0)
    assert got[:5] == [0.5, 0.0, 0.0, 0.0, None] and got[5] is not None and 0.4 < got[5] < 0.5, "a little too long still beats wrong"

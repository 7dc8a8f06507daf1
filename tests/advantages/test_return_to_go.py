"""The discounted return of rewards a token beside the response's own."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check
from menolab.advantages.return_to_go import ReturnToGo


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("discount", [1.0, 0.9, 0.0])
def test_against_plain_python(seed: int, discount: float) -> None:
    case = CreditCase(seed)

    def expected(b: int, t: int) -> float:
        return case.reward(b) + math.fsum(discount ** (s - t) * case.token_rewards[b][s] for s in range(t, case.lengths[b]))

    check(case, ReturnToGo(discount), expected)

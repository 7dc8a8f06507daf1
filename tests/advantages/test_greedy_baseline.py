"""ReMax: compared with the greedy response."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credit_cases import CreditCase, check, credit_batch
from menolab.advantages.advantage import credit
from menolab.advantages.greedy_baseline import GreedyBaseline
from menolab.errors import BadInput


@pytest.mark.parametrize("seed", range(3))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)

    def expected(b: int, t: int) -> float:
        yardstick = case.greedy[case.group_of[b]]
        return 0.0 if yardstick is None else case.reward(b) - yardstick

    check(case, GreedyBaseline(), expected)


def test_a_sampler_without_greedy_responses_is_named() -> None:
    with pytest.raises(BadInput, match="WithGreedy"):
        credit(replace(credit_batch(CreditCase(0)), yardstick_B=None), GreedyBaseline())

"""ReMax: policy gradient against the greedy response."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.methods.remax import remax


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)

    def advantage(b: int, t: int) -> float:
        greedy = case.greedy[case.group_of[b]]
        return 0.0 if greedy is None else case.reward(b) - greedy

    check_gradient(case, remax(), advantage, "SequenceSum")


def test_one_draw_and_one_greedy_response() -> None:
    assert remax().sampler.group == 2

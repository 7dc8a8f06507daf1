"""MaxRL: success-normalised policy gradient."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient, one_group
from menolab.methods.maxrl import maxrl
from oracles import mean


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(lambda rs: [(r - mean(rs)) / mean(rs) if mean(rs) > 0 else 0.0 for r in rs])
    check_gradient(case, maxrl(), lambda b, t: weights[b], "SequenceSum")


def test_it_averages_over_the_successes_and_subtracts_the_mean_score() -> None:
    """1/K sum over right ones of grad log pi, less 1/N sum over all."""
    case = one_group([1.0, 0.0, 1.0, 0.0, 0.0], [[0]] * 5)
    check_gradient(case, maxrl(), lambda b, t: 5 * ((1 / 2 if case.reward(b) else 0.0) - 1 / 5), "SequenceSum")

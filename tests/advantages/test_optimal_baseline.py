"""OPO: the length-weighted baseline, and that it is the one of least variance."""

from __future__ import annotations

import itertools

import pytest

from credit_cases import CreditCase, check, credit_batch
from menolab.advantages.advantage import credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.optimal_baseline import OptimalBaseline


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)

    def expected(b: int, t: int) -> float:
        own = case.scorable(case.group_of[b])
        return case.reward(b) - sum(case.lengths[i] * case.reward(i) for i in own) / sum(case.lengths[i] for i in own)

    check(case, OptimalBaseline(), expected)


def test_equal_lengths_give_the_group_mean() -> None:
    case = CreditCase(0)
    case.lengths = [3] * len(case.lengths)
    case.old = case.reference = case.values = case.token_rewards = [[-1.0] * 3 for _ in case.lengths]
    case.tokens, case.given = [[0, 1, 2]] * len(case.lengths), [0] * len(case.lengths)
    batch = credit_batch(case)
    assert credit(batch, OptimalBaseline()).allclose(credit(batch, GroupBaseline()), atol=1e-7)


def test_no_other_baseline_has_less_variance_where_the_gradient_grows_with_length() -> None:
    """Score functions of squared norm l(y): E|g|^2 = sum p l (r - b)^2 is least at b = sum p l r / sum p l."""
    outcomes = [(0.2, 1, 1.0), (0.5, 4, 0.0), (0.3, 9, 1.0)]

    def second_moment(b: float) -> float:
        return sum(p * n * (r - b) ** 2 for p, n, r in outcomes)

    best = sum(p * n * r for p, n, r in outcomes) / sum(p * n for p, n, _ in outcomes)
    assert all(second_moment(best) <= second_moment(best + step) for step in itertools.chain((-0.5, -0.01), (0.01, 0.5)))

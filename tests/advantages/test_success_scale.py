"""MaxRL: success-normalised credit, and the objective that it is the gradient of."""

from __future__ import annotations

import itertools

import pytest

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.success_scale import SuccessScale
from oracles import mean

MAXRL = Chain((GroupBaseline(), SuccessScale()))


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(lambda rs: [(r - mean(rs)) / mean(rs) if mean(rs) > 0 else 0.0 for r in rs])
    check(case, MAXRL, lambda b, t: weights[b])


@pytest.mark.parametrize("p", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("n", [2, 4, 6])
def test_expected_gradient_is_that_of_the_truncated_log_likelihood(n: int, p: float) -> None:
    """A policy that is right with chance p, over all 2^n groups: E[1/n sum A_i d log pi / dp] = sum_{k < n - 1} (1 - p)^k."""
    total = 0.0
    for outcome in itertools.product([0.0, 1.0], repeat=n):
        chance = p ** sum(outcome) * (1 - p) ** (n - sum(outcome))
        weights = credit(credit_batch(one_group(outcome, [[0]] * n)), MAXRL)[:, 0].tolist()
        total += chance * sum(w * (1 / p if r else -1 / (1 - p)) for w, r in zip(weights, outcome, strict=True)) / n
    assert total == pytest.approx(sum((1 - p) ** k for k in range(n - 1)), rel=1e-5)


def test_a_rare_success_weighs_more() -> None:
    rare = credit(credit_batch(one_group([1.0, 0.0, 0.0, 0.0], [[0]] * 4)), MAXRL)[0, 0]
    often = credit(credit_batch(one_group([1.0, 1.0, 1.0, 0.0], [[0]] * 4)), MAXRL)[0, 0]
    assert rare == pytest.approx(3.0) and often == pytest.approx(1 / 3)

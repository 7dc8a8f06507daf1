"""DAPO for stock trading: clipped ratios of whole actions, rewards standardised among the actions of one state."""

from __future__ import annotations

import math

import pytest

from batches import inputs_of
from credit_cases import CreditCase, credit_batch
from menolab.advantages.advantage import credit
from menolab.curricula.filter import MixedRewards
from menolab.methods.dapo_stock import dapo_stock
from oracles import Ragged, gradient, mean
from table import Table, task, train


def _standardised(rewards: list[float]) -> list[float]:
    """Population deviation plus 1e-8."""
    centre = mean(rewards)
    deviation = math.sqrt(mean([(r - centre) ** 2 for r in rewards]))
    return [(r - centre) / (deviation + 1e-8) for r in rewards]


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(_standardised)  # type: ignore[arg-type]

    def loss(logprobs: Ragged) -> float:
        def one(b: int) -> float:
            rho = math.exp(sum(logprobs[b]) - sum(case.old[b]))
            return -min(rho * weights[b], min(max(rho, 0.8), 1.28) * weights[b])

        return mean([one(b) for b in range(len(logprobs))])

    method = dapo_stock()
    inputs = inputs_of(case, credit(credit_batch(case), method.advantage).double())
    method.loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    expected = gradient(loss, case.logprobs)
    assert any(abs(x) > 1e-3 for row in expected for x in row)
    for got, row in zip(inputs.logprobs_BT.grad.tolist(), expected, strict=True):
        assert got[: len(row)] == pytest.approx(row, abs=1e-5)


def test_on_a_synthetic_market_the_return_rises() -> None:
    """Five assets, one action a day: what the policy earns on average before and after."""
    returns = {"a": 0.1, "b": 0.3, "c": 0.2, "d": 0.9, "e": 0.5}
    table, (made, problem) = Table("abcde"), task(**returns)

    def earned() -> float:
        return sum(table.chance("p", x) * r for x, r in returns.items())

    before = earned()
    train(dapo_stock(), table, made, problem, 40, lr=0.5, limit=1)
    assert before < 0.4 and earned() > 0.8


def test_states_whose_actions_earn_the_same_are_dropped() -> None:
    assert dapo_stock().filters == (MixedRewards(),) and dapo_stock().sampler.group == 10

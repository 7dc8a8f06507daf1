"""Learning from what went well only."""

from __future__ import annotations

import math

from loss_cases import agrees, credit_of, everything, surrogate_agrees
from menolab.losses.aggregation import TokenMean
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.positive_only import PositiveOnly
from menolab.losses.ratio import OnPolicy
from oracles import Case, Ragged, gradient, weigh_case


def test_value_and_gradient() -> None:
    surrogate_agrees(PositiveOnly(), lambda lp, old, a: math.exp(lp - old) * max(a, 0.0))


def test_on_policy_it_is_the_likelihood_of_what_went_well() -> None:
    case = Case(5)
    credit = credit_of(case)
    assert min(credit) < 0 < max(credit)

    def likelihood(logprobs: Ragged) -> float:
        return weigh_case([[-max(a, 0.0) * lp for lp in row] for row, a in zip(logprobs, credit, strict=True)], "TokenMean", case)

    loss = PolicyLoss(OnPolicy(), PositiveOnly(), TokenMean())
    agrees(loss, everything(case, credit), case, None, gradient(likelihood, case.logprobs))

"""KL-Cov: which tokens are held."""

from __future__ import annotations

import math

import pytest

from loss_cases import agrees, credit_of, everything
from menolab.errors import BadInput
from menolab.losses.aggregation import TokenMean
from menolab.losses.kl_cov import KLCov
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Linear
from oracles import Case, Ragged, token_covariances, weigh_case


@pytest.mark.parametrize("seed", range(3))
def test_kl_cov_holds_the_tokens_of_highest_covariance(seed: int) -> None:
    case = Case(seed)
    credit = credit_of(case)
    cov = token_covariances(case.logprobs, credit)
    count = int(0.2 * sum(case.lengths))
    least = sorted((c for row in cov for c in row), reverse=True)[count - 1]

    def oracle(logprobs: Ragged) -> float:
        def token(x: float, o: float, c: float, a: float) -> float:
            return -math.exp(x - o) * a + (0.7 * abs(x - o) if c >= least else 0.0)

        rows = zip(logprobs, case.old, cov, credit, strict=True)
        return weigh_case([[token(x, o, c, a) for x, o, c in zip(xs, os, cs, strict=True)] for xs, os, cs, a in rows], "TokenMean", case)

    loss = PolicyLoss(TokenRatio(), Linear(), TokenMean(), KLCov(0.2, 0.7))
    agrees(loss, everything(case, credit), case, oracle)
    assert not loss.silent_without_credit


@pytest.mark.parametrize("fields", [{"share": -0.1}, {"beta": -1.0}])
def test_values_that_make_no_sense(fields: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        KLCov(**fields)

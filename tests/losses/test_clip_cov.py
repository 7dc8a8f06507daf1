"""Clip-Cov: which tokens lose their gradient."""

from __future__ import annotations

import pytest

from loss_cases import agrees, credit_of, everything
from menolab.errors import BadInput
from menolab.losses.aggregation import TokenMean
from menolab.losses.clip_cov import ClipCov
from menolab.losses.covariance import covariances
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Clip
from oracles import Case, Ragged, clipped_objective, token_covariances, weigh_case


@pytest.mark.parametrize("seed", range(3))
def test_clip_cov_takes_the_gradient_from_tokens_in_the_band(seed: int) -> None:
    case = Case(seed)
    credit = credit_of(case)
    correction = ClipCov(share=1.0, low=0.2, high=1.0)
    cov = token_covariances(case.logprobs, credit)
    keep = [[not 0.2 <= c <= 1.0 for c in row] for row in cov]
    assert 0 < sum(not k for row in keep for k in row) < sum(case.lengths)

    def oracle(logprobs: Ragged) -> float:
        rows = zip(logprobs, case.old, keep, credit, strict=True)
        return weigh_case([[-k * clipped_objective(x, o, a, 0.2, 0.2) for x, o, k in zip(xs, os, ks, strict=True)] for xs, os, ks, a in rows],
                          "TokenMean", case)  # fmt: skip

    agrees(PolicyLoss(TokenRatio(), Clip(), TokenMean(), correction=correction), everything(case, credit), case, oracle)


def test_clip_cov_takes_no_more_than_its_share_spread_over_the_band() -> None:
    case = Case(4)
    inputs = everything(case, credit_of(case))
    assert inputs.whole is not None
    cov_BT = covariances(inputs.whole)
    every = ClipCov(1.0, 0.0, 9.0).chosen(inputs.whole)
    some = ClipCov(0.1, 0.0, 9.0).chosen(inputs.whole)
    assert some.sum() == max(1, int(0.1 * sum(case.lengths))) and (every & some).sum() == some.sum()
    assert cov_BT[some].min() < cov_BT[every].median() < cov_BT[some].max()
    assert ClipCov(1e-9, 0.0, 9.0).chosen(inputs.whole).sum() == 1
    assert ClipCov(1.0, 90.0, 99.0).chosen(inputs.whole).sum() == 0


@pytest.mark.parametrize("fields", [{"share": 1.5}, {"low": 6.0}])
def test_values_that_make_no_sense(fields: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        ClipCov(**fields)

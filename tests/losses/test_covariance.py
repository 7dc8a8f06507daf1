"""The covariance of log-probability and advantage, token by token."""

from __future__ import annotations

import pytest

from loss_cases import credit_of, everything
from menolab.losses.covariance import covariances
from oracles import Case, mean, token_covariances


@pytest.mark.parametrize("seed", range(3))
def test_covariances_match_and_average_to_the_covariance(seed: int) -> None:
    case = Case(seed)
    credit = credit_of(case)
    inputs = everything(case, credit)
    assert inputs.whole is not None
    found = covariances(inputs.whole)
    expected = token_covariances(case.logprobs, credit)
    for b, row in enumerate(expected):
        assert found[b, : len(row)].tolist() == pytest.approx(row, abs=1e-12) and (found[b, len(row) :] == 0).all()
    lps = [lp for row in case.logprobs for lp in row]
    spread = [a for row, a in zip(case.logprobs, credit, strict=True) for _ in row]
    covariance = mean([lp * a for lp, a in zip(lps, spread, strict=True)]) - mean(lps) * mean(spread)
    assert float(found.sum()) / len(lps) == pytest.approx(covariance)

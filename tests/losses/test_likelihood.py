"""Maximum likelihood against its oracle, value and gradient; cuts and padding change nothing."""

from __future__ import annotations

import pytest
import torch

from batches import inputs_of
from menolab.losses.aggregation import Aggregation
from menolab.losses.likelihood import Likelihood
from menolab.pieces import members
from oracles import Case, Ragged, gradient, weigh_case


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("aggregation", sorted(members(Aggregation)))
@pytest.mark.parametrize("extra", [0, 6])
def test_negative_log_likelihood(seed: int, aggregation: str, extra: int) -> None:
    case = Case(seed)

    def oracle(logprobs: Ragged) -> float:
        return weigh_case([[-lp for lp in row] for row in logprobs], aggregation, case)

    inputs = inputs_of(case, torch.ones(len(case.lengths), max(case.lengths) + extra, dtype=torch.float64), extra=extra)
    out = Likelihood(members(Aggregation)[aggregation]())(inputs)
    out.loss.backward()
    assert out.loss.item() == pytest.approx(oracle(case.logprobs), abs=1e-12)
    assert inputs.logprobs_BT.grad is not None and inputs.logprobs_BT.grad.isfinite().all()
    for b, row in enumerate(gradient(oracle, case.logprobs)):
        assert inputs.logprobs_BT.grad[b, : len(row)].tolist() == pytest.approx(row, abs=1e-8)

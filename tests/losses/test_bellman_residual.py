"""TBRM: the oracle, and the optimum with its log-normaliser from off-policy data."""

from __future__ import annotations

import pytest
import torch

from loss_cases import ALL_KINDS, REWARDS, Extras, Table, agrees, everything, minimise, optimum, uneven
from menolab.errors import BadInput
from menolab.losses.bellman_residual import BellmanResidual
from menolab.pieces import all_needs
from oracles import Case, bellman_loss


def _raw(case: Case) -> list[float]:
    return [0.0 if r is None else r for r in case.rewards]


@pytest.mark.parametrize("seed", range(3))
def test_tbrm(seed: int) -> None:
    case = uneven(seed)
    start = Extras(case).start
    inputs = everything(case, _raw(case))
    agrees(BellmanResidual(0.5), inputs, case, lambda lps: bellman_loss(case, lps, start, 0.5))
    assert inputs.normaliser_B is not None and inputs.normaliser_B.grad is not None
    for i in range(len(start)):
        up, down = ([s + h * (i == j) for j, s in enumerate(start)] for h in (1e-6, -1e-6))
        slope = (bellman_loss(case, case.logprobs, up, 0.5) - bellman_loss(case, case.logprobs, down, 0.5)) / 2e-6
        assert inputs.normaliser_B.grad[i].item() == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("copies", [[1] * 9, ALL_KINDS])
def test_tbrm_recovers_the_optimum_and_log_z_as_start_value(copies: list[int]) -> None:
    data, reference = Table(1), Table(2)
    best, log_z = optimum(reference, 0.5)
    policy = minimise(BellmanResidual(0.5), data, reference, copies, REWARDS)
    torch.testing.assert_close(policy.logprobs().sum(-1).exp(), best, atol=1e-6, rtol=0)
    assert float(policy.start().detach()) == pytest.approx(log_z, abs=1e-6)


def test_what_it_needs() -> None:
    assert all_needs(BellmanResidual()) == {"reference_logprobs", "normalisers"}


@pytest.mark.parametrize("make", [lambda: BellmanResidual(0.0)])
def test_values_that_make_no_sense(make) -> None:
    with pytest.raises(BadInput):
        make()

"""Mirror descent: the surrogates of OPMD and DGRO, and their minimisers."""

from __future__ import annotations

import pytest
import torch

from loss_cases import ALL_KINDS, REWARDS, Table, agrees, credit_of, everything, minimise, optimum, uneven
from menolab.errors import BadInput
from menolab.losses.anchor import ReferencePolicy
from menolab.losses.mirror_descent import MirrorDescent
from oracles import mirror_descent_loss


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("gain", "pull"), [(1.0, 0.05), (0.3, 2.0)])
def test_mirror_descent(seed: int, gain: float, pull: float) -> None:
    case = uneven(seed)
    credit = credit_of(case)
    agrees(MirrorDescent(gain, pull), everything(case, credit), case, lambda lps: mirror_descent_loss(case, lps, case.old, credit, gain, pull))
    to_reference = MirrorDescent(gain, pull, ReferencePolicy())
    agrees(to_reference, everything(case, credit), case, lambda lps: mirror_descent_loss(case, lps, case.reference, credit, gain, pull))


def test_mirror_descent_ascends_as_dgro_writes_it() -> None:
    """-gradient = (beta_1 A - 2 beta_2 log ratio) / N for every token of a response; beta_1 = 1, beta_2 = tau/2 is OPMD's squared surrogate over 2 tau."""
    case, tau = uneven(2), 0.4
    credit = credit_of(case)
    inputs, squared = everything(case, credit), everything(case, credit)
    MirrorDescent(1.0, tau / 2)(inputs).loss.backward()
    ratio_B = torch.where(squared.mask_BT, squared.logprobs_BT - squared.old_logprobs_BT, 0.0).sum(-1)
    scored_B = ~squared.reward_B.isnan()
    (((torch.tensor(credit, dtype=torch.float64) - tau * ratio_B).square() * scored_B).mean() / (2 * tau)).backward()
    assert inputs.logprobs_BT.grad is not None and squared.logprobs_BT.grad is not None
    torch.testing.assert_close(inputs.logprobs_BT.grad, squared.logprobs_BT.grad)
    expected = -(credit[0] - tau * float(ratio_B[0].detach())) / len(case.lengths)
    assert inputs.logprobs_BT.grad[0, 0].item() == pytest.approx(expected)


def test_opmd_with_the_exact_log_normaliser_has_its_minimiser() -> None:
    """(r - tau log Z - tau log pi/pi_old)^2 is zero at pi_old exp(r/tau)/Z; with the mean reward in place of tau log Z the best sequence is the same."""
    data, tau = Table(1), 0.5
    best, log_z = optimum(data, tau)
    exact = [r - tau * log_z for r in REWARDS]
    policy = minimise(MirrorDescent(1.0, tau / 2), data, data, ALL_KINDS, exact)
    torch.testing.assert_close(policy.logprobs().sum(-1).exp(), best, atol=1e-6, rtol=0)
    centre = sum(REWARDS) / 9
    approximate = minimise(MirrorDescent(1.0, tau / 2), data, data, [1] * 9, [r - centre for r in REWARDS])
    assert approximate.logprobs().sum(-1).argmax() == best.argmax()


def test_dgro_with_a_larger_beta_2_stays_nearer_the_sampler() -> None:
    data = Table(1)
    centre = sum(REWARDS) / 9
    kl = []
    for pull in (0.1, 0.5, 2.0):
        policy = minimise(MirrorDescent(1.0, pull), data, data, [1] * 9, [r - centre for r in REWARDS])
        old = data.logprobs().detach().sum(-1)
        kl.append(float((old.exp() * (old - policy.logprobs().detach().sum(-1))).sum()))
    assert kl[0] > kl[1] > kl[2] > 0


@pytest.mark.parametrize("make", [lambda: MirrorDescent(-1.0), lambda: MirrorDescent(pull=-1.0)])
def test_values_that_make_no_sense(make) -> None:
    with pytest.raises(BadInput):
        make()

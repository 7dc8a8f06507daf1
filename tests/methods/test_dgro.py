"""DGRO: exploitation and distance have weights of their own."""

from __future__ import annotations

from loss_cases import centred, method_agrees
from menolab.methods.dgro import dgro
from menolab.methods.opmd import opmd
from oracles import mirror_descent_loss


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    method_agrees(dgro(beta1=2.0, beta2=0.3), lambda case, lps: mirror_descent_loss(case, lps, case.old, case.per_group(centred), 2.0, 0.3))


def test_with_beta_1_of_1_and_beta_2_of_half_tau_it_is_opmd() -> None:
    assert dgro(beta1=1.0, beta2=0.2) == opmd(tau=0.4)

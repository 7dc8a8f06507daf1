"""OPMD: Kimi k1.5's mirror descent."""

from __future__ import annotations

from loss_cases import centred, method_agrees
from menolab.methods.opmd import opmd
from oracles import mirror_descent_loss


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    for tau in (0.1, 0.8):
        method_agrees(opmd(tau=tau), lambda case, lps, tau=tau: mirror_descent_loss(case, lps, case.old, case.per_group(centred), 1.0, tau / 2))

"""GVPO: rewards regressed on implicit rewards within the group."""

from __future__ import annotations

from loss_cases import method_agrees
from menolab.methods.gvpo import gvpo
from menolab.pieces import all_needs
from oracles import gvpo_loss


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    method_agrees(gvpo(), lambda case, lps: gvpo_loss(case, lps, case.old, 0.1))
    method_agrees(gvpo(beta=0.6), lambda case, lps: gvpo_loss(case, lps, case.old, 0.6))


def test_groups_stay_whole_and_no_reference_is_needed() -> None:
    assert gvpo().loss.whole_groups and not all_needs(gvpo())

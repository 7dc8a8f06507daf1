"""DisCO: right above wrong, under a constraint."""

from __future__ import annotations

from dataclasses import replace

from loss_cases import method_agrees
from menolab.losses.discriminative import Discriminative
from menolab.methods.disco import disco
from menolab.pieces import all_needs
from oracles import discriminative_loss


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    """With the published limit on the KL, which these cases exceed, and with one that they do not."""
    for delta in (1e-4, 10.0):
        method_agrees(disco(delta=delta), lambda case, lps, d=delta: discriminative_loss(case, lps, ratio=False, tau=10.0, length=None, beta=1e3, delta=d))


def test_what_it_asks_of_the_loop() -> None:
    assert all_needs(disco()) == {"whole_update"} and disco().loss.whole_groups


def test_disco_b_is_a_field_away() -> None:
    assert isinstance(disco().loss, Discriminative)
    plain = replace(disco(), loss=replace(disco().loss, tau=None))
    method_agrees(plain, lambda case, lps: discriminative_loss(case, lps, ratio=False, tau=None, length=None, beta=1e3, delta=1e-4))

"""DRPO: short right answers count more, and none counts against."""

from __future__ import annotations

from dataclasses import replace

from loss_cases import method_agrees
from menolab.losses.discriminative import Discriminative
from menolab.methods.disco import disco
from menolab.methods.drpo import drpo
from menolab.pieces import all_needs
from oracles import discriminative_loss


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    """With the published limit on the KL, which these cases exceed, and with one that they do not."""
    for delta in (1e-4, 10.0):
        method_agrees(drpo(delta=delta), lambda case, lps, d=delta: discriminative_loss(case, lps, ratio=False, tau=10.0, length=0.1, beta=1e3, delta=d))


def test_what_it_asks_of_the_loop() -> None:
    assert all_needs(drpo()) == {"whole_update"} and drpo().loss.whole_groups


def test_without_length_it_is_disco() -> None:
    assert isinstance(drpo().loss, Discriminative)
    assert replace(drpo(), loss=replace(drpo().loss, length=None)) == disco()

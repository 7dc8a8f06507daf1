"""TBRM: one squared residual a response, without baseline or group."""

from __future__ import annotations

from loss_cases import Extras, method_agrees
from menolab.methods.tbrm import tbrm
from menolab.pieces import all_needs
from oracles import bellman_loss


def test_from_rewards_to_gradient_as_in_the_paper() -> None:
    method_agrees(tbrm(beta=0.4), lambda case, lps: bellman_loss(case, lps, Extras(case).start, 0.4))


def test_one_rollout_a_problem_suffices() -> None:
    assert tbrm().sampler.group == 1 and not tbrm().loss.whole_groups
    assert all_needs(tbrm()) == {"reference_logprobs", "normalisers"}

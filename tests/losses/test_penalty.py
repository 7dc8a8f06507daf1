"""Penalties add up, and know when they act."""

from __future__ import annotations

from loss_cases import POLICY, credit_of, everything, expected_gradient, penalty_agrees
from menolab.losses.clipped_value import ClippedValue
from menolab.losses.penalty import KLToReference, NoPenalty, Penalties
from menolab.losses.squared_kl import SquaredKL
from menolab.pieces import all_needs
from oracles import Case, k3


def test_value_and_gradient() -> None:
    penalty_agrees(KLToReference(0.3), lambda lp, old, ref: 0.3 * k3(lp, ref))
    penalty_agrees(Penalties((KLToReference(0.1), SquaredKL(0.2))), lambda lp, old, ref: 0.1 * k3(lp, ref) + 0.1 * (lp - ref) ** 2)


def test_grpos_penalty_does_not_have_the_gradient_of_the_kl_it_estimates() -> None:
    """arXiv:2506.09477: k3 differentiated as it stands follows another divergence."""
    assert (expected_gradient(KLToReference(1.0), POLICY) - expected_gradient(None, POLICY)).norm() > 0.05


def test_a_sum_needs_what_its_parts_need_and_acts_when_one_does() -> None:
    assert all_needs(Penalties((KLToReference(), ClippedValue()))) == {"reference_logprobs", "values"}
    assert not Penalties((NoPenalty(),)).acts_without_credit and not Penalties().acts_without_credit
    assert Penalties((NoPenalty(), SquaredKL())).acts_without_credit
    case = Case(0)
    assert (Penalties()(everything(case, credit_of(case))) == 0).all()

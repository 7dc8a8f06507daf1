"""DAPO: clip-higher, a mean over tokens, full batches of mixed groups, soft overlong punishment."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.curricula.mixed_verdicts import MixedVerdicts
from menolab.losses.surrogate import Clip
from menolab.methods.dapo import dapo
from menolab.methods.grpo import grpo
from menolab.rewards.soft_overlong import SoftOverlong
from oracles import clipped_objective, grpo_advantages


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, dapo(), lambda b, t: weights[b], "TokenMean", (0.2, 0.28))


@pytest.mark.parametrize("seed", range(3))
def test_with_equal_clips_and_sequence_means_it_is_grpo(seed: int) -> None:
    from dataclasses import replace

    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    symmetric = replace(dapo(), loss=grpo().loss)
    check_gradient(case, symmetric, lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))


def test_a_likely_right_token_may_grow_further_than_under_grpo() -> None:
    assert clipped_objective(0.25, 0.0, 1.0, 0.2, 0.28) > clipped_objective(0.25, 0.0, 1.0, 0.2, 0.2)
    assert dapo().loss.surrogate == Clip(0.2, 0.28)  # type: ignore[attr-defined]


def test_constants_and_parts() -> None:
    method = dapo()
    assert method.filters == (MixedVerdicts(),) and method.draws == 10
    assert SoftOverlong(0.2) in method.rewards and method.weights == (2.0, 1.0), "right and wrong are 2 apart, as 1 and -1 are"

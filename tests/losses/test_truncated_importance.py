"""TIS: importance between sampler and learner, capped."""

from __future__ import annotations

import pytest

from loss_cases import agreement_changes_nothing, mismatch_agrees
from menolab.errors import BadInput
from menolab.losses.truncated_importance import TruncatedImportance


def _bounded(correction: TruncatedImportance, weight: float) -> float:
    return min(weight, correction.cap)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("correction", [TruncatedImportance(1.1), TruncatedImportance(1.1, "sequence")], ids=repr)
def test_ppo_from_the_learners_old_policy_times_a_bounded_weight(seed: int, correction: TruncatedImportance) -> None:
    mismatch_agrees(correction, correction.level, lambda weight: _bounded(correction, weight), seed)


@pytest.mark.parametrize("level", ["token", "sequence"])
def test_where_sampler_and_learner_agree_nothing_changes(level: str) -> None:
    agreement_changes_nothing(TruncatedImportance(level=level))


@pytest.mark.parametrize("fields", [{"cap": 0.0}, {"level": "word"}])
def test_values_that_make_no_sense(fields: dict) -> None:
    with pytest.raises(BadInput):
        TruncatedImportance(**fields)

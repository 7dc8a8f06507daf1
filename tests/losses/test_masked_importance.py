"""MIS: importance between sampler and learner, outliers left out."""

from __future__ import annotations

import pytest

from loss_cases import agreement_changes_nothing, mismatch_agrees
from menolab.errors import BadInput
from menolab.losses.masked_importance import MaskedImportance


def _bounded(correction: MaskedImportance, weight: float) -> float:
    return weight if correction.low <= weight <= correction.high else 0.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("correction", [MaskedImportance(0.8, 1.1), MaskedImportance(0.0, 1.1, "sequence")], ids=repr)
def test_ppo_from_the_learners_old_policy_times_a_bounded_weight(seed: int, correction: MaskedImportance) -> None:
    mismatch_agrees(correction, correction.level, lambda weight: _bounded(correction, weight), seed)


@pytest.mark.parametrize("level", ["token", "sequence"])
def test_where_sampler_and_learner_agree_nothing_changes(level: str) -> None:
    agreement_changes_nothing(MaskedImportance(level=level))


@pytest.mark.parametrize("fields", [{"low": 3.0}, {"high": 0.0}, {"level": "word"}])
def test_values_that_make_no_sense(fields: dict) -> None:
    with pytest.raises(BadInput):
        MaskedImportance(**fields)

"""MIS: importance between sampler and learner, outliers left out."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from loss_cases import Extras, agrees, credit_of, everything
from menolab.errors import BadInput
from menolab.losses.masked_importance import MaskedImportance
from menolab.losses.policy_loss import PolicyLoss
from menolab.pieces import all_needs
from oracles import Case, Ragged, clipped_objective, weigh_case


def _bounded(correction: MaskedImportance, weight: float) -> float:
    return weight if correction.low <= weight <= correction.high else 0.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("correction", [MaskedImportance(0.8, 1.1), MaskedImportance(0.0, 1.1, "sequence")], ids=repr)
def test_ppo_from_the_learners_old_policy_times_a_bounded_weight(seed: int, correction: MaskedImportance) -> None:
    case = Case(seed)
    credit, start = credit_of(case), Extras(case).recomputed
    gaps = [[a - b for a, b in zip(row, old, strict=True)] for row, old in zip(start, case.old, strict=True)]
    weights = [[math.exp(sum(row) if correction.level == "sequence" else gap) for gap in row] for row in gaps]
    bounded = [[_bounded(correction, w) for w in row] for row in weights]
    assert bounded != weights

    def oracle(logprobs: Ragged) -> float:
        rows = zip(logprobs, start, bounded, credit, strict=True)
        per_token = [[-w * clipped_objective(x, o, a, 0.2, 0.2) for x, o, w in zip(xs, os, ws, strict=True)] for xs, os, ws, a in rows]
        return weigh_case(per_token, "SequenceMean", case)

    agrees(PolicyLoss(correction=correction), everything(case, credit, recomputed=True), case, oracle)


def test_where_sampler_and_learner_agree_nothing_changes() -> None:
    case = Case(1)
    inputs = everything(case, credit_of(case))
    same = replace(inputs, recomputed_logprobs_BT=inputs.old_logprobs_BT)
    for level in ("token", "sequence"):
        loss = PolicyLoss(correction=MaskedImportance(level=level))
        assert loss(same).loss.item() == pytest.approx(PolicyLoss()(inputs).loss.item(), abs=1e-14)
        assert all_needs(loss) == {"recomputed_logprobs"}


@pytest.mark.parametrize("fields", [{"low": 3.0}, {"high": 0.0}, {"level": "word"}])
def test_values_that_make_no_sense(fields: dict) -> None:
    with pytest.raises(BadInput):
        MaskedImportance(**fields)

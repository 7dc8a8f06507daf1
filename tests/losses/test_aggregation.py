"""Weights that add up however the update is cut; the names of the field."""

from __future__ import annotations

import pytest
import torch

from loss_cases import credit_of, everything
from menolab.losses.aggregation import Aggregation, GroupTokenMean, LimitMean, SequenceMean, SequenceSum, TokenMean
from menolab.losses.decoupled import Decoupled
from menolab.pieces import members
from oracles import Case, token_weights

ALL = [SequenceMean(), TokenMean(), GroupTokenMean(), SequenceSum(), LimitMean(), Decoupled()]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("aggregate", ALL, ids=repr)
def test_weights(seed: int, aggregate: Aggregation) -> None:
    case = Case(seed)
    inputs = everything(case, credit_of(case))
    weights_BT = aggregate(inputs)
    assert weights_BT.dtype == torch.float64 and (weights_BT[~inputs.mask_BT] == 0).all()
    for b, row in enumerate(token_weights(type(aggregate).__name__, case)):
        assert weights_BT[b, : len(row)].tolist() == pytest.approx(row)


def test_every_aggregation_is_here() -> None:
    assert {type(a).__name__ for a in ALL} == {name for name, cls in members(Aggregation).items() if cls.__module__.startswith("menolab.")}


def test_each_problem_weighs_the_same_in_the_group_mean_and_long_groups_more_in_the_token_mean() -> None:
    case = Case(0)
    case.groups, case.lengths, case.rewards = [2, 2], [1, 1, 7, 3], [0.0] * 4
    case.logprobs = case.old = case.reference = [[-1.0] * n for n in case.lengths]
    inputs = everything(case, [0.0] * 4)
    by_group, by_token = (a(inputs).sum(-1).view(2, 2).sum(-1).tolist() for a in (GroupTokenMean(), TokenMean()))
    assert by_group == pytest.approx([0.5, 0.5]) and by_token == pytest.approx([2 / 12, 10 / 12])

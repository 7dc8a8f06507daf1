"""Groups to one batch: what rollouts carry arrives in their rows, whatever is picked of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from menolab.keys import Key
from menolab.records import Group, Problem, Rollout, Totals, right, wrong
from menolab.stages.collate import collate, rows

PROBLEM = Problem("p", "t", "?", "1")


def _rollout(sample: int, length: int, **facts) -> Rollout:
    tokens = tuple(range(1, length + 1))
    return Rollout((9,) * (sample + 1), tokens, tuple(-0.1 * t for t in tokens), "", "stop", sample, reward=float(sample), **facts)


GROUPS = [
    Group(PROBLEM, (_rollout(0, 3, key=Key.root(0), verdict=right("c", "", "7")), _rollout(1, 0, verdict=wrong("c", "")), _rollout(2, 5, given=2))),
    Group(PROBLEM, (_rollout(3, 1, turn=1), _rollout(4, 2, wording=None), replace(_rollout(5, 4), greedy=True, reward=0.25))),
]


def test_rows_in_group_order_without_yardsticks() -> None:
    batch = collate(GROUPS, 16)
    assert batch.totals == Totals(rollouts=5, tokens=11, groups=2, limit=16)
    assert batch.group_B.tolist() == [0, 0, 0, 1, 1] and batch.mask_BT.sum(-1).tolist() == [3, 0, 5, 1, 2]
    assert batch.reward_B.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert batch.answers == ("7", None, None, None, None) and batch.keys == (Key.root(0), None, None, None, None)
    assert batch.yardstick_B is not None and batch.yardstick_B[3:].tolist() == [0.25, 0.25] and batch.yardstick_B[:3].isnan().all()
    assert batch.given_BT is not None and batch.given_BT.sum(-1).tolist() == [0, 0, 2, 0, 0]
    assert batch.turn_B is not None and batch.turn_B.tolist() == [0, 0, 0, 1, 0]
    assert batch.wording_B is not None and batch.wording_B.tolist() == [0, 0, 0, 0, -1]


def test_plain_rollouts_make_plain_batches() -> None:
    batch = collate([Group(PROBLEM, (_rollout(0, 3), _rollout(1, 2)))], 16)
    assert batch.yardstick_B is batch.given_BT is batch.turn_B is batch.wording_B is batch.reference_logprobs_BT is batch.values_BT is None


@pytest.mark.parametrize("index", [[4, 0], [1], [3, 3], [0, 1, 2, 3, 4]])
def test_picked_rows_keep_all_they_have(index: list[int]) -> None:
    batch = replace(collate(GROUPS, 16), values_BT=torch.arange(25.0).reshape(5, 5))
    part = rows(batch, torch.tensor(index))
    width = max(1, max(int(batch.mask_BT[i].sum()) for i in index))
    assert part.tokens_BT.shape == (len(index), width) and part.totals == batch.totals
    assert part.values_BT is not None and part.values_BT.tolist() == [batch.values_BT[i, :width].tolist() for i in index]  # type: ignore[index]
    assert part.answers == tuple(batch.answers[i] for i in index) and part.prompts == tuple(batch.prompts[i] for i in index)
    assert part.yardstick_B is not None
    for own, i in zip(part.yardstick_B.tolist(), index, strict=True):
        assert own == 0.25 if i >= 3 else math.isnan(own)


def test_totals_may_be_another_update_s() -> None:
    batch = collate(GROUPS, 16)
    own = Totals(rollouts=1, tokens=3, groups=1, limit=16)
    assert rows(batch, torch.tensor([0]), own).totals == own and rows(batch, torch.tensor([0])).answers == ("7",)

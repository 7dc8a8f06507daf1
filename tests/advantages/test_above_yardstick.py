"""RAIF's contrast with the answer without reasoning."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from credit_cases import CreditCase, check, credit_batch
from menolab.advantages.above_yardstick import AboveYardstick
from menolab.advantages.advantage import credit


@pytest.mark.parametrize("seed", range(5))
def test_rollouts_below_the_yardstick_have_no_credit(seed: int) -> None:
    case = CreditCase(seed)

    def kept(b: int) -> bool:
        bar = case.greedy[case.group_of[b]]
        return bar is None or case.answers[b] is None or case.reward(b) >= bar

    check(case, AboveYardstick(), lambda b, t: case.reward(b) if kept(b) else 0.0)
    assert not all(kept(b) for b in range(len(case.lengths)))


def test_without_a_yardstick_or_answers_all_is_as_it_was() -> None:
    batch = credit_batch(CreditCase(0))
    raw = batch.reward_B[:, None].expand(batch.mask_BT.shape).float()
    got = credit(replace(batch, yardstick_B=None), AboveYardstick())
    assert torch.equal(got[batch.mask_BT], torch.where(raw.isnan(), 0.0, raw)[batch.mask_BT])
    below_B = batch.reward_B < torch.nan_to_num(batch.yardstick_B, -1.0)  # type: ignore[arg-type]
    assert below_B.any() and (credit(replace(batch, answers=()), AboveYardstick())[below_B] == 0).all()

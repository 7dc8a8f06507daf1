"""SIRL's partial KL: reasoning is free."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from credit_cases import CreditCase, check, credit_batch
from menolab.advantages.kl_in_reward import KLInReward
from menolab.advantages.partial_kl import PartialKL
from menolab.errors import BadInput


def held(tokens: list[int], marker: tuple[int, ...]) -> list[bool]:
    """One token after the other: whether the marker has begun; a row without it is held whole."""
    starts = [t for t in range(len(tokens)) if tuple(tokens[t : t + len(marker)]) == marker]
    return [not starts or t >= starts[0] for t in range(len(tokens))]


@pytest.mark.parametrize("marker", [(2,), (1, 2), (0, 0)])
@pytest.mark.parametrize("seed", range(4))
def test_formula(seed: int, marker: tuple[int, ...]) -> None:
    case = CreditCase(seed)

    def token(b: int, t: int) -> float:
        on = held(case.tokens[b], marker)
        return case.reward(b) - 0.3 * sum(case.old[b][s] - case.reference[b][s] for s in range(t, case.lengths[b]) if on[s])

    check(case, PartialKL(0.3, marker), token)


def test_the_mask_is_zero_on_reasoning() -> None:
    case = CreditCase(1)
    batch = credit_batch(case)
    marked, whole = (b for b in range(len(case.lengths)) if case.lengths[b] > 3), case.lengths.index(max(case.lengths[:2]))
    row = next(b for b in marked if b != whole)
    tokens_BT = torch.full_like(batch.tokens_BT, 9)
    tokens_BT[row, 2] = 4
    mask_BT = PartialKL(0.1).held(replace(batch, tokens_BT=tokens_BT))
    assert not mask_BT[row, :2].any() and torch.equal(mask_BT[row, 2:], batch.mask_BT[row, 2:])
    assert torch.equal(mask_BT[whole], batch.mask_BT[whole]), "without the marker all is held"


def test_held_as_a_whole_it_is_the_full_penalty() -> None:
    batch = credit_batch(CreditCase(2))
    start_BT = batch.reward_B[:, None].expand(batch.mask_BT.shape)
    got, full = (a(batch, start_BT)[batch.mask_BT] for a in (PartialKL(0.2, (77,)), KLInReward(0.2)))
    torch.testing.assert_close(got, full, equal_nan=True)


def test_a_marker_is_needed() -> None:
    with pytest.raises(BadInput, match="token ids"):
        PartialKL(0.1, ())


def test_a_marker_longer_than_every_response_is_nowhere() -> None:
    batch = credit_batch(CreditCase(2))
    assert torch.equal(PartialKL(0.1, tuple(range(batch.mask_BT.shape[1] + 2))).held(batch), batch.mask_BT)

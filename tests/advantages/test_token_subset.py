"""S-GRPO: a random subset of tokens, drawn from each rollout's own key."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import credit
from menolab.advantages.token_subset import TokenSubset
from menolab.errors import BadInput
from menolab.keys import Key, uniforms


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)
    first, most = 2, 4  # of a limit of 16

    def subset(b: int) -> set[int]:
        bits = np.array([case.keys[b].fold("token_subset").bits()], dtype=np.uint64)
        taken: set[int] = set()
        for t in range(case.lengths[b]):
            if len(taken) < most and (t < first or uniforms(bits, t, 1)[0, 0] < 0.4):
                taken.add(t)
        return taken

    check(case, TokenSubset(2 / 16, 0.4, 4 / 16), lambda b, t: case.reward(b) * (t in subset(b)) * case.lengths[b] / max(1, len(subset(b))))


def test_the_mask_obeys_its_three_numbers() -> None:
    case = one_group([1.0] * 50, [[0] * 16] * 50)
    taken = TokenSubset(first=0.25, share=0.5, most=0.5).taken(credit_batch(case))[:, :16]
    assert taken[:, :4].all() and (taken.sum(-1) <= 8).all() and 0.3 < taken[:, 4:8].double().mean() < 0.7
    assert TokenSubset(first=1.0, most=1.0).taken(credit_batch(case))[:, :16].all()
    assert TokenSubset(first=0.0, share=0.0).taken(credit_batch(case)).sum() == 0


def test_the_expected_gradient_is_that_of_all_tokens() -> None:
    """Without a beginning and without a cap: the mean over T is an unbiased estimate of the mean over the response (T not empty)."""
    count = 4000
    case = one_group([1.0] * count, [[0] * 8] * count)
    batch = credit_batch(case)
    advantage = TokenSubset(first=0.0, share=0.5, most=1.0)
    kept = credit(batch, advantage)[advantage.taken(batch).any(-1), :8]
    torch.testing.assert_close(kept.mean(0), torch.ones(8), atol=0.08, rtol=0)


def test_a_rollout_s_subset_does_not_depend_on_its_company() -> None:
    batch = credit_batch(CreditCase(1))
    other = replace(batch, keys=(*batch.keys[:-1], Key.root(77)))
    assert torch.equal(TokenSubset().taken(batch)[:-1], TokenSubset().taken(other)[:-1])
    assert not torch.equal(TokenSubset(0.0, 0.5).taken(batch), TokenSubset(0.0, 0.5).taken(replace(batch, keys=tuple(Key.root(b) for b in range(12)))))
    with pytest.raises(BadInput, match=r"Rollout\.key"):
        TokenSubset().taken(replace(batch, keys=()))

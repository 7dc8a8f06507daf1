"""DeepSeek-V3.2's mask: bad responses that the policy has left behind are left alone."""

from __future__ import annotations

import math

import pytest

from loss_cases import agrees, credit_of, everything
from menolab.errors import BadInput
from menolab.losses.left_behind import LeftBehind
from menolab.losses.policy_loss import PolicyLoss
from oracles import Case, Ragged, clipped_objective, mean, weigh_case


@pytest.mark.parametrize("seed", range(3))
def test_responses_with_negative_credit_beyond_the_limit_give_no_gradient(seed: int) -> None:
    case = Case(seed, near=0.8)
    case.rewards[:4] = [0.0, 1.0, 1.0, 0.0]
    case.old[0] = [lp + 0.1 for lp in case.logprobs[0]]
    case.old[3] = [lp + 0.01 for lp in case.logprobs[3]]
    credit = credit_of(case)
    far = [bool(lps) and mean([o - lp for lp, o in zip(lps, olds, strict=True)]) > 0.05 for lps, olds in zip(case.logprobs, case.old, strict=True)]
    keep = [not (a < 0 and gone) for a, gone in zip(credit, far, strict=True)]
    assert not keep[0] and keep[3] and credit[3] < 0

    def oracle(logprobs: Ragged) -> float:
        rows = zip(logprobs, case.old, credit, keep, strict=True)
        per_token = [[-k * clipped_objective(x, o, a, 0.2, 0.2) for x, o in zip(xs, os, strict=True)] for xs, os, a, k in rows]
        return weigh_case(per_token, "SequenceMean", case)

    agrees(PolicyLoss(correction=LeftBehind(0.05)), everything(case, credit), case, oracle)
    assert math.isfinite(PolicyLoss(correction=LeftBehind())(everything(case, credit)).loss.item())


def test_values_that_make_no_sense() -> None:
    with pytest.raises(BadInput):
        LeftBehind(-0.1)

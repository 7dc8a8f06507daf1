"""The policies that a squared loss may start from."""

from __future__ import annotations

import torch

from loss_cases import credit_of, everything
from menolab.losses.anchor import ReferencePolicy, SampledPolicy, distance
from oracles import Case, log_ratio_sums


def test_distance_is_to_the_policy_that_is_named() -> None:
    case = Case(1)
    inputs = everything(case, credit_of(case))
    for anchor, other in ((SampledPolicy(), case.old), (ReferencePolicy(), case.reference)):
        far_BT = distance(inputs, anchor)
        assert far_BT.requires_grad and (far_BT[~inputs.mask_BT] == 0).all()
        torch.testing.assert_close(far_BT.sum(-1), torch.tensor(log_ratio_sums(case.logprobs, other), dtype=torch.float64))

"""What corrections share: how far the learner is from the sampler, a token and a response."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from loss_cases import Extras, credit_of, everything
from menolab.losses.correction import NoCorrection, sampler_mismatch
from oracles import Case


def test_mismatch_a_token_and_a_response() -> None:
    case = Case(1)
    inputs = everything(case, credit_of(case), recomputed=True)
    gaps = [[a - b for a, b in zip(row, old, strict=True)] for row, old in zip(Extras(case).recomputed, case.old, strict=True)]
    token_BT, sequence_BT = sampler_mismatch(inputs, "token"), sampler_mismatch(inputs, "sequence")
    for b, row in enumerate(gaps):
        assert token_BT[b, : len(row)].tolist() == pytest.approx([math.exp(gap) for gap in row])
        assert sequence_BT[b, : len(row)].tolist() == pytest.approx([math.exp(sum(row))] * len(row))
    assert (token_BT[~inputs.mask_BT] == 1).all() and (sequence_BT[~inputs.mask_BT] == 1).all()


def test_a_response_that_is_far_off_stays_finite() -> None:
    case = Case(1)
    inputs = everything(case, credit_of(case), recomputed=True)
    assert inputs.recomputed_logprobs_BT is not None
    far = replace(inputs, recomputed_logprobs_BT=inputs.old_logprobs_BT + 500.0)
    assert sampler_mismatch(far, "sequence").isfinite().all()
    assert torch.equal(NoCorrection()(inputs), torch.ones_like(inputs.logprobs_BT))

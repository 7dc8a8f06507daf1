"""Ratios of tokens."""

from __future__ import annotations

import math

import pytest
import torch

from loss_cases import credit_of, everything
from menolab.losses.ratio import OnPolicy, TokenRatio
from oracles import Case


def test_value_and_gradient() -> None:
    case = Case(1)
    for ratio in (TokenRatio(), OnPolicy()):
        inputs = everything(case, credit_of(case))
        ratio_BT = ratio(inputs.logprobs_BT, inputs.old_logprobs_BT, inputs.mask_BT)
        ratio_BT.sum().backward()
        assert inputs.logprobs_BT.grad is not None and (ratio_BT[~inputs.mask_BT] == 1).all()
        for b, (lps, olds) in enumerate(zip(case.logprobs, case.old, strict=True)):
            expected = [math.exp(lp - old) if ratio == TokenRatio() else 1.0 for lp, old in zip(lps, olds, strict=True)]
            assert ratio_BT[b, : len(lps)].tolist() == pytest.approx(expected)
            assert inputs.logprobs_BT.grad[b, : len(lps)].tolist() == pytest.approx(expected), "d rho / d log pi is rho, or 1"
    assert torch.equal(OnPolicy()(inputs.logprobs_BT, inputs.old_logprobs_BT - 7.0, inputs.mask_BT), ratio_BT)

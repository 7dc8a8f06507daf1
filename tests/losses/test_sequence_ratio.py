"""GSPO: one ratio a response, and its token form."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from loss_cases import agrees, credit_of, everything
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.sequence_ratio import SequenceRatio, SequenceTokenRatio
from menolab.losses.surrogate import Clip, Linear
from oracles import Case, Ragged, geometric_mean_ratio, gradient, mean, token_weights


def _gspo(case: Case, logprobs: Ragged, credit: list[float], low: float, high: float) -> float:
    """-1/N sum_i min(s_i A_i, clip(s_i) A_i). arXiv:2507.18071; an empty response adds nothing."""
    terms = []
    for lps, olds, a in zip(logprobs, case.old, credit, strict=True):
        s = geometric_mean_ratio(lps, olds)
        terms.append(-min(s * a, min(max(s, 1 - low), 1 + high) * a) if lps else 0.0)
    return mean(terms)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ratio", [SequenceRatio(), SequenceTokenRatio()], ids=repr)
def test_gspo_is_one_clipped_term_a_response(seed: int, ratio) -> None:
    """With one credit a response the token form has the same value and the same gradient."""
    case = Case(seed, near=0.6)
    credit = credit_of(case)
    loss = PolicyLoss(ratio, Clip(0.003, 0.005))
    oracle = lambda logprobs: _gspo(case, logprobs, credit, 0.003, 0.005)  # noqa: E731
    agrees(loss, everything(case, credit), case, oracle)
    assert seed == 0 or loss(everything(case, credit)).metrics["clipped"] > 0


def test_the_token_form_gives_each_token_its_own_credit() -> None:
    """d/dlog pi_t of sum_t s_t A_t is sg[s] A_t, where the sequence form spreads the mean credit over all tokens."""
    case = Case(1)
    inputs = everything(case, credit_of(case))
    own_BT = torch.arange(inputs.credit_BT.shape[1], dtype=torch.float64).expand_as(inputs.credit_BT)
    PolicyLoss(SequenceTokenRatio(), Linear())(replace(inputs, credit_BT=own_BT)).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    weights = token_weights("SequenceMean", case)
    for b, (lps, olds) in enumerate(zip(case.logprobs, case.old, strict=True)):
        expected = [-w * geometric_mean_ratio(lps, olds) * t for t, w in enumerate(weights[b])]
        assert inputs.logprobs_BT.grad[b, : len(lps)].tolist() == pytest.approx(expected, abs=1e-12)
    spread = everything(case, credit_of(case))
    PolicyLoss(SequenceRatio(), Linear())(replace(spread, credit_BT=own_BT)).loss.backward()
    assert spread.logprobs_BT.grad is not None
    assert all(len(set(row[:n])) <= 1 for row, n in zip(spread.logprobs_BT.grad.round(decimals=12).tolist(), case.lengths, strict=True))


def test_the_ratio_is_length_normalised() -> None:
    """Every token of a response 1.1 times likelier: the ratio is 1.1 however long the response."""
    case = Case(2)
    case.old = [[lp - math.log(1.1) for lp in row] for row in case.logprobs]
    inputs = everything(case, credit_of(case))
    ratio_BT = SequenceRatio()(inputs.logprobs_BT, inputs.old_logprobs_BT, inputs.mask_BT)
    assert ratio_BT[inputs.mask_BT].tolist() == pytest.approx([1.1] * sum(case.lengths))
    assert (ratio_BT[~inputs.mask_BT] == 1).all()
    assert gradient(lambda lps: _gspo(case, lps, credit_of(case), 0.2, 0.2), case.logprobs)

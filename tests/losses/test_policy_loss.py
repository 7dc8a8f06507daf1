"""The policy loss against its oracle, value and gradient, for every composition of its parts."""

from __future__ import annotations

import math

import pytest
import torch

from batches import inputs_of
from menolab.losses.aggregation import Aggregation
from menolab.losses.penalty import KLToReference, NoPenalty
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy, TokenRatio
from menolab.losses.surrogate import Clip, Linear
from menolab.pieces import members
from oracles import Case, Ragged, clipped_objective, gradient, k3, weigh_case

AGGREGATIONS = sorted(members(Aggregation))


def _credit(case: Case) -> list[float]:
    return case.per_group(lambda rewards: [2.0 * r - 0.7 for r in rewards])


def _width(case: Case) -> int:
    return max(case.lengths) + 2


def _tensor(credit: list[float], case: Case) -> torch.Tensor:
    return torch.tensor(credit, dtype=torch.float64)[:, None].expand(-1, _width(case)).clone()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@pytest.mark.parametrize("beta", [0.0, 0.3])
def test_clipped_token_ratio_matches_oracle(seed: int, aggregation: str, beta: float) -> None:
    case = Case(seed)
    credit = _credit(case)

    def oracle(logprobs: Ragged) -> float:
        per_token = [
            [beta * k3(lp, ref) - clipped_objective(lp, old, a, 0.1, 0.2) for lp, old, ref in zip(lps, olds, refs, strict=True)]
            for lps, olds, refs, a in zip(logprobs, case.old, case.reference, credit, strict=True)
        ]
        return weigh_case(per_token, aggregation, case)

    loss = PolicyLoss(TokenRatio(), Clip(0.1, 0.2), members(Aggregation)[aggregation](), KLToReference(beta) if beta else NoPenalty())
    _same(loss, case, credit, oracle, case.logprobs)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_on_policy_gradient_is_the_score_function(seed: int, aggregation: str) -> None:
    """The gradient is that of -A log pi; the value is -A times weights."""
    case = Case(seed)
    credit = _credit(case)
    inputs = inputs_of(case, _tensor(credit, case))
    out = PolicyLoss(OnPolicy(), Linear(), members(Aggregation)[aggregation]())(inputs)
    out.loss.backward()

    def score(logprobs: Ragged) -> float:
        return weigh_case([[-a * lp for lp in row] for row, a in zip(logprobs, credit, strict=True)], aggregation, case)

    _gradients_equal(inputs.logprobs_BT, gradient(score, case.logprobs))
    expected = weigh_case([[-a] * len(row) for row, a in zip(case.logprobs, credit, strict=True)], aggregation, case)
    assert out.loss.item() == pytest.approx(expected, abs=1e-12)


def _same(loss: PolicyLoss, case: Case, credit: list[float], oracle, at: Ragged) -> None:
    inputs = inputs_of(case, _tensor(credit, case))
    out = loss(inputs)
    out.loss.backward()
    assert out.loss.item() == pytest.approx(oracle(at), abs=1e-12)
    _gradients_equal(inputs.logprobs_BT, gradient(oracle, at))


def _gradients_equal(logprobs_BT: torch.Tensor, expected: Ragged) -> None:
    assert logprobs_BT.grad is not None
    for b, row in enumerate(expected):
        assert logprobs_BT.grad[b, : len(row)].tolist() == pytest.approx(row, abs=1e-7)
        assert logprobs_BT.grad[b, len(row) :].abs().sum() == 0, "padding has a gradient"


def test_metrics_count_clipped_tokens_and_drift() -> None:
    case = Case(5, near=0.8)
    credit = _credit(case)
    out = PolicyLoss(TokenRatio(), Clip(0.1, 0.2))(inputs_of(case, _tensor(credit, case)))
    clipped, drift = 0, 0.0
    for lps, olds, a in zip(case.logprobs, case.old, credit, strict=True):
        for lp, old in zip(lps, olds, strict=True):
            rho = math.exp(lp - old)
            clipped += (a > 0 and rho > 1.2) or (a < 0 and rho < 0.9)
            drift += rho - 1 - (lp - old)
    assert clipped > 0
    assert out.metrics["clipped"] == pytest.approx(clipped / sum(case.lengths))
    assert out.metrics["drift"] == pytest.approx(drift / sum(case.lengths))


def test_k3_is_never_negative_and_zero_only_where_policies_agree() -> None:
    case = Case(1)
    inputs = inputs_of(case, _tensor(_credit(case), case))
    penalty_BT = KLToReference(1.0)(inputs)[inputs.mask_BT]
    assert (penalty_BT > 0).all()
    case.reference = case.logprobs
    inputs = inputs_of(case, _tensor(_credit(case), case))
    assert (KLToReference(1.0)(inputs)[inputs.mask_BT] == 0).all()


def test_k3_gradient_sign_pulls_towards_the_reference() -> None:
    """d/dlogpi k3 = 1 - pi_ref/pi: negative where the reference is likelier, so descent raises log pi there."""
    case = Case(2)
    inputs = inputs_of(case, torch.zeros(len(case.lengths), _width(case), dtype=torch.float64))
    PolicyLoss(TokenRatio(), Clip(), penalty=KLToReference(1.0))(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    for b, (lps, refs) in enumerate(zip(case.logprobs, case.reference, strict=True)):
        for t, (lp, ref) in enumerate(zip(lps, refs, strict=True)):
            assert math.copysign(1, inputs.logprobs_BT.grad[b, t].item()) == math.copysign(1, lp - ref)

"""Advantage reweighting: rare tokens weigh less."""

from __future__ import annotations

import math

import pytest
import torch

from credit_cases import CreditCase, check
from menolab.advantages.probability_weight import ProbabilityWeight


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_against_plain_python(seed: int, alpha: float) -> None:
    case = CreditCase(seed)
    check(case, ProbabilityWeight(alpha), lambda b, t: (alpha * math.exp(case.old[b][t]) + 1 - alpha) * case.reward(b))


def test_the_share_of_gradient_from_rare_tokens_falls() -> None:
    """Gradient norms of single-token softmax policies: |grad log pi| is about 1 - pi, so rare tokens hold most of it, and less of it once reweighted."""
    logits = torch.tensor([3.0, 1.0, 0.0, -1.0], dtype=torch.float64, requires_grad=True)
    norms = []
    for token in range(4):
        (grad,) = torch.autograd.grad(logits.log_softmax(0)[token], logits)
        norms.append(float(grad.norm()))
    probs = logits.softmax(0).tolist()

    def rare_share(weight: float) -> float:
        weighted = [n * (weight * p + 1 - weight) for n, p in zip(norms, probs, strict=True)]
        return sum(w for w, p in zip(weighted, probs, strict=True) if p < 0.25) / sum(weighted)

    assert rare_share(0.3) < rare_share(0.0)

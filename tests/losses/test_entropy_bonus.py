"""Entropy bonuses: true gradients, a target, and where entropy is about to be lost."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from loss_cases import Extras, credit_of, everything
from menolab.errors import BadInput
from menolab.losses.aggregation import TokenMean
from menolab.losses.entropy_bonus import AdaptiveEntropyBonus, EntropyBonus, EntropyTarget
from menolab.losses.penalty import Penalty
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.surrogate import Clip
from menolab.pieces import all_needs
from oracles import Case, Ragged, gradient, token_covariances, weigh_case


def _weights(penalty: Penalty, case: Case, credit: list[float]) -> Ragged:
    """What each token's entropy is worth."""
    if isinstance(penalty, EntropyBonus):
        return [[penalty.beta] * n for n in case.lengths]
    if isinstance(penalty, EntropyTarget):
        measured = -math.fsum(x for row in case.old for x in row) / sum(case.lengths)
        return [[min(max(penalty.gain * (penalty.target - measured), 0.0), penalty.largest)] * n for n in case.lengths]
    assert isinstance(penalty, AdaptiveEntropyBonus)
    rows = []
    for cov in token_covariances(case.logprobs, credit):
        total = math.fsum(math.exp(c) for c in cov)
        rows.append([min(penalty.weight * math.exp(c) / total, penalty.largest) for c in cov])
    return rows


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("penalty", [EntropyBonus(0.2), EntropyTarget(4.0, 0.1, 9.0), EntropyTarget(4.0, 0.1, 0.05), AdaptiveEntropyBonus(2.0, 0.9)], ids=repr)
def test_value_and_gradient_in_the_entropy(seed: int, penalty: Penalty) -> None:
    case = Case(seed)
    credit = credit_of(case)
    more = Extras(case)
    weights = _weights(penalty, case, credit)
    assert any(w > 0 for row in weights for w in row)

    def oracle(entropy: Ragged) -> float:
        return weigh_case([[-w * h for w, h in zip(ws, hs, strict=True)] for ws, hs in zip(weights, entropy, strict=True)], "TokenMean", case)

    inputs, plain = everything(case, credit), everything(case, credit)
    loss, without = PolicyLoss(aggregate=TokenMean(), penalty=penalty)(inputs).loss, PolicyLoss(aggregate=TokenMean())(plain).loss
    assert (loss - without).item() == pytest.approx(oracle(more.entropy), abs=1e-12)
    loss.backward()
    without.backward()
    assert inputs.entropy_BT is not None and inputs.entropy_BT.grad is not None
    for b, row in enumerate(gradient(oracle, more.entropy)):
        assert inputs.entropy_BT.grad[b, : len(row)].tolist() == pytest.approx(row, abs=1e-8)
    torch.testing.assert_close(inputs.logprobs_BT.grad, plain.logprobs_BT.grad, msg="the weights carry a gradient")
    assert {"entropy", "entropy_gradient"} <= all_needs(penalty)


def test_the_bonus_flattens_a_softmax() -> None:
    """From a sharp softmax, descending the bonus alone ends near the uniform distribution."""
    logits = torch.tensor([3.0, 0.0, -1.0, 0.5], dtype=torch.float64, requires_grad=True)
    case = Case(0)
    case.groups, case.lengths, case.rewards = [1], [1], [0.0]
    case.logprobs = case.old = case.reference = [[-1.0]]
    base = everything(case, [0.0], extra=0)
    for _ in range(200):
        entropy = torch.special.entr(logits.softmax(0)).sum()
        (grad,) = torch.autograd.grad(PolicyLoss(penalty=EntropyBonus(1.0))(replace(base, entropy_BT=entropy.view(1, 1))).loss, logits)
        logits.data -= grad
    assert logits.softmax(0).max() < 0.26


def test_a_target_holds_a_collapsing_policy_up() -> None:
    """A bandit whose reward wants one arm: clipped policy gradient alone collapses, with a target the entropy stays in a band below it."""

    def final_entropy(penalty: Penalty | None) -> float:
        logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
        case = Case(0)
        case.groups, case.lengths, case.rewards = [4], [1] * 4, [0.0] * 4
        for _ in range(400):
            logprobs = logits.log_softmax(0)
            case.logprobs = case.old = case.reference = [[x] for x in logprobs.tolist()]
            entropy = torch.special.entr(logprobs.exp()).sum()
            # Every arm once, weighted by its probability: the exact expectation of the sampled gradient.
            credit = [float(p) * (1.0 if a == 2 else 0.0) * 4 for a, p in enumerate(logprobs.detach().exp())]
            inputs = replace(everything(case, credit, extra=0), logprobs_BT=logprobs[:, None], sampled_entropy=entropy.item(),
                             entropy_BT=entropy.expand(4, 1))  # fmt: skip
            loss = PolicyLoss(surrogate=Clip(), **({} if penalty is None else {"penalty": penalty}))
            (grad,) = torch.autograd.grad(loss(inputs).loss, logits)
            logits.data -= 0.5 * grad
        return float(entropy.detach())

    assert final_entropy(None) < 0.15
    assert 0.5 < final_entropy(EntropyTarget(0.8, 5.0, 10.0)) < 0.8


def test_a_target_gives_nothing_above_it_and_never_more_than_the_largest() -> None:
    penalty = EntropyTarget(0.5, 0.1, 0.02)
    assert penalty.alpha(0.5) == penalty.alpha(3.0) == 0.0
    assert penalty.alpha(0.4) == pytest.approx(0.01) and penalty.alpha(0.0) == 0.02


@pytest.mark.parametrize("make", [lambda: EntropyBonus(-1.0), lambda: EntropyTarget(-0.1), lambda: AdaptiveEntropyBonus(largest=-1.0)])
def test_values_that_make_no_sense(make) -> None:
    with pytest.raises(BadInput):
        make()

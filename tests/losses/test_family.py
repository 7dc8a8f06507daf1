"""What every loss and every part of the policy loss is asked: cuts, padding, order, NaN under the mask, and silence without credit."""

from __future__ import annotations

import pytest
import torch

from loss_cases import credit_of, cut, everything, gradients
from menolab.losses.aggregation import Aggregation
from menolab.losses.anchor import Anchor
from menolab.losses.clip_cov import ClipCov
from menolab.losses.correction import Correction
from menolab.losses.discriminative import Discriminative
from menolab.losses.group_variance import GroupVariance
from menolab.losses.kl_cov import KLCov
from menolab.losses.left_behind import LeftBehind
from menolab.losses.loss import Loss
from menolab.losses.masked_importance import MaskedImportance
from menolab.losses.mirror_descent import MirrorDescent
from menolab.losses.penalty import KLToReference, Penalties, Penalty
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import Ratio
from menolab.losses.squared_kl import SquaredKL
from menolab.losses.surrogate import Linear, Surrogate
from menolab.losses.trajectory_ratio import TrajectoryRatio
from menolab.losses.truncated_importance import TruncatedImportance
from menolab.losses.weighted_kl import WeightedKL
from menolab.pieces import all_needs, members
from oracles import Case


def _own(family: type) -> list[type]:
    """The package's members of a family; other tests may have brought their own."""
    return [cls for cls in members(family).values() if cls.__module__.startswith("menolab.")]


PARTS = {"ratio": Ratio, "surrogate": Surrogate, "aggregate": Aggregation, "penalty": Penalty, "correction": Correction}
LOSSES: list[Loss] = [PolicyLoss(**{slot: cls()}) for slot, family in PARTS.items() for cls in _own(family)]
LOSSES += [cls() for cls in _own(Loss)]
LOSSES += [cls(anchor=anchor()) for cls in (GroupVariance, MirrorDescent) for anchor in _own(Anchor)]
LOSSES += [
    PolicyLoss(TrajectoryRatio(), Linear(), penalty=Penalties((KLToReference(0.1), SquaredKL(0.2))), correction=ClipCov(0.1, 0.1, 5.0)),
    PolicyLoss(penalty=KLCov(0.2)),
    PolicyLoss(penalty=WeightedKL(0.1, "k1"), correction=TruncatedImportance(1.1, "sequence")),
    PolicyLoss(correction=MaskedImportance(0.9, 1.2, "sequence")),
    PolicyLoss(correction=LeftBehind(0.01)),
    Discriminative("ratio", 1.0, 0.1),
    Discriminative(tau=None, delta=0.0),
]


def _inputs(loss: Loss, case: Case, *, extra: int = 2):
    return everything(case, credit_of(case), extra=extra, recomputed="recomputed_logprobs" in all_needs(loss))


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("seed", [7, 11])
def test_any_legal_cut_into_micro_batches_and_any_order_gives_the_same_loss(loss: Loss, seed: int) -> None:
    whole = _inputs(loss, Case(seed))
    out = loss(whole)
    out.loss.backward()
    generator = torch.Generator().manual_seed(seed)
    rows = len(whole.group_B)
    if loss.whole_groups:
        order = torch.randperm(int(whole.group_B.max()) + 1, generator=generator)
        cuts = [torch.isin(whole.group_B, part).nonzero()[:, 0].flip(0) for part in order.tensor_split(3)]
    else:
        cuts = list(torch.randperm(rows, generator=generator).tensor_split(5))
    total, metrics = 0.0, dict.fromkeys(out.metrics, 0.0)
    grads = {name: torch.zeros_like(x) for name, x in gradients(whole).items()}
    for index_B in cuts:
        part = cut(whole, index_B)
        share = loss(part)
        if share.loss.requires_grad:
            share.loss.backward()
        total += share.loss.item()
        metrics = {name: metrics[name] + share.metrics[name] for name in metrics}
        for name, grad in gradients(part).items():
            if grad.dim() == 2:
                grads[name][index_B, : grad.shape[1]] += grad
            else:
                grads[name][index_B] += grad
    assert total == pytest.approx(out.loss.item(), abs=1e-11)
    assert metrics == pytest.approx(dict(out.metrics), abs=1e-11)
    for name, grad in gradients(whole).items():
        torch.testing.assert_close(grads[name], grad, atol=1e-11, rtol=1e-9)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_amount_of_padding_does_not_matter_and_nan_stays_under_the_mask(loss: Loss) -> None:
    values, grads = [], []
    for extra in (0, 9):
        inputs = _inputs(loss, Case(3), extra=extra)
        assert extra == 0 or (inputs.logprobs_BT.isnan().any() and inputs.old_logprobs_BT.isnan().any())
        nan_credit = torch.where(inputs.mask_BT, inputs.credit_BT, torch.nan)
        inputs = type(inputs)(**{**vars(inputs), "credit_BT": nan_credit})
        out = loss(inputs)
        out.loss.backward()
        for grad in gradients(inputs).values():
            assert grad.isfinite().all()
            assert grad.dim() < 2 or (grad[~inputs.mask_BT] == 0).all()
        values.append(out.loss.item())
        grads.append(torch.where(inputs.mask_BT, gradients(inputs)["logprobs_BT"], 0.0)[:, : max(Case(3).lengths)])
    assert values[0] == pytest.approx(values[1], abs=1e-12)
    torch.testing.assert_close(grads[0], grads[1], atol=1e-12, rtol=0)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss.silent_without_credit], ids=repr)
def test_rollouts_may_be_skipped_where_the_loss_says_so(loss: Loss) -> None:
    case = Case(2)
    inputs = _inputs(loss, case)
    credit = credit_of(case)
    silent = torch.tensor([c == 0 for c in credit])
    assert 0 < silent.sum() < len(credit)
    loss(inputs).loss.backward()
    assert all((grad[silent] == 0).all() for grad in gradients(inputs).values())

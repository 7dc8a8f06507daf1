"""GVPO: its oracle, zero-sum weights, and the optimum from any sampling distribution."""

from __future__ import annotations

import pytest
import torch

from loss_cases import ALL_KINDS, REWARDS, Table, agrees, everything, minimise, optimum, uneven
from menolab.errors import BadInput
from menolab.losses.anchor import ReferencePolicy, SampledPolicy
from menolab.losses.group_variance import GroupVariance
from menolab.pieces import all_needs
from oracles import Case, gvpo_loss


def _raw(case: Case) -> list[float]:
    return [0.0 if r is None else r for r in case.rewards]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("anchor", [SampledPolicy(), ReferencePolicy()], ids=repr)
@pytest.mark.parametrize("centred", [True, False])
def test_gvpo(seed: int, anchor: SampledPolicy | ReferencePolicy, centred: bool) -> None:
    """Credit may be the reward or the reward minus the group's mean: it is centred among the members either way."""
    case = uneven(seed)
    credit = case.per_group(lambda rs: [r - sum(rs) / len(rs) for r in rs]) if centred else _raw(case)
    other = case.old if isinstance(anchor, SampledPolicy) else case.reference
    agrees(GroupVariance(0.7, anchor), everything(case, credit), case, lambda lps: gvpo_loss(case, lps, other, 0.7))


def test_gvpo_weights_add_up_to_zero_in_every_group() -> None:
    """d loss / d log pi(y_i) is -beta/(n - 1) ((r_i - mean r) - (R_i - mean R)): zero-sum, so that log Z cancels."""
    case = uneven(1)
    inputs = everything(case, _raw(case))
    GroupVariance(0.7)(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    weight_B = inputs.logprobs_BT.grad[:, 0]
    for g in range(3):
        assert float(weight_B[inputs.group_B == g].sum()) == pytest.approx(0.0, abs=1e-12)
    assert weight_B.abs().max() > 0.01


@pytest.mark.parametrize("copies", [[1] * 9, ALL_KINDS])
def test_gvpo_recovers_the_kl_regularised_optimum_from_any_sampling_distribution(copies: list[int]) -> None:
    data, reference = Table(1), Table(2)
    best, _ = optimum(reference, 0.5)
    policy = minimise(GroupVariance(0.5, ReferencePolicy()), data, reference, copies, REWARDS)
    torch.testing.assert_close(policy.logprobs().sum(-1).exp(), best, atol=1e-6, rtol=0)


def test_the_reference_is_asked_for_only_where_it_is_the_anchor() -> None:
    assert all_needs(GroupVariance()) == frozenset() and all_needs(GroupVariance(anchor=ReferencePolicy())) == {"reference_logprobs"}


@pytest.mark.parametrize("make", [lambda: GroupVariance(0.0), lambda: GroupVariance(-1.0)])
def test_values_that_make_no_sense(make) -> None:
    with pytest.raises(BadInput):
        make()

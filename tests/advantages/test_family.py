"""What every advantage is asked, listed or not, and the oracles of those that exist."""

from __future__ import annotations

import pytest
import torch

from batches import batch_of
from credit_cases import CreditCase, credit_batch
from menolab.advantages.advantage import Advantage, Chain, credit
from menolab.advantages.alive_scale import AliveScale
from menolab.advantages.batch_baseline import BatchBaseline
from menolab.advantages.bernoulli_scale import BernoulliScale
from menolab.advantages.greedy_baseline import GreedyBaseline
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.key_tokens import KeyTokens
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.advantages.optimal_baseline import OptimalBaseline
from menolab.advantages.prefix_match import PrefixMatch
from menolab.advantages.success_scale import SuccessScale
from menolab.advantages.token_subset import TokenSubset
from menolab.advantages.whiten import Whiten
from menolab.pieces import members
from menolab.stages.collate import rows
from oracles import Case, grpo_advantages, leave_one_out_advantages, mean

ALL = [cls() for cls in members(Advantage).values()]
GRPO = Chain((GroupBaseline(), GroupScale()))


@pytest.mark.parametrize("advantage", [*ALL, GRPO], ids=repr)
@pytest.mark.parametrize("seed", range(3))
def test_credit_is_finite_zero_outside_the_mask_and_for_the_unscorable(advantage: Advantage, seed: int) -> None:
    batch = credit_batch(CreditCase(seed))
    credit_BT = credit(batch, advantage)
    assert credit_BT.isfinite().all()
    assert (credit_BT[~batch.mask_BT] == 0).all()
    assert (credit_BT[batch.reward_B.isnan()] == 0).all()


@pytest.mark.parametrize("advantage", [*ALL, GRPO], ids=repr)
def test_order_of_rollouts_and_padding_do_not_matter(advantage: Advantage) -> None:
    batch = credit_batch(CreditCase(1))
    order = torch.randperm(len(batch.group_B), generator=torch.Generator().manual_seed(1))
    moved = rows(batch, order)
    width = moved.mask_BT.shape[1]
    torch.testing.assert_close(credit(moved, advantage), credit(batch, advantage)[order, :width], atol=1e-6, rtol=1e-6)
    wide = credit_batch(CreditCase(1), extra=9)
    torch.testing.assert_close(credit(wide, advantage)[:, : batch.mask_BT.shape[1]], credit(batch, advantage))


DEAD_GIVE_NOTHING = [
    GroupBaseline(), LeaveOneOut(), GRPO, Chain((GroupBaseline(), GroupScale(epsilon=0.0))), BatchBaseline(), OptimalBaseline(), PrefixMatch(), Whiten(),
    Whiten(epsilon=0.0), Chain((GroupBaseline(), Whiten())), Chain((GroupBaseline(), SuccessScale())), Chain((GroupBaseline(), AliveScale())),
    Chain((*GRPO.parts, KeyTokens())), Chain((*GRPO.parts, TokenSubset())), GreedyBaseline(),
]  # fmt: skip


@pytest.mark.parametrize("advantage", DEAD_GIVE_NOTHING, ids=repr)
@pytest.mark.parametrize("value", [0.1, 1 / 3, 0.7, 1e6 + 0.1, -0.3])
def test_equal_rewards_in_float32_give_exactly_zero(advantage: Advantage, value: float) -> None:
    case = CreditCase(0)
    case.rewards, case.greedy = [value] * len(case.lengths), [value] * 4
    batch = credit_batch(case, dtype=torch.float32)
    assert (credit(batch, advantage) == 0).all()


@pytest.mark.parametrize("value", [0.1, 1 / 3, 0.7])
def test_equal_rewards_within_their_range(value: float) -> None:
    case = CreditCase(0)
    case.rewards = [value] * len(case.lengths)
    assert (credit(credit_batch(case, dtype=torch.float32), Chain((GroupBaseline(), BernoulliScale()))) == 0).all()


@pytest.mark.parametrize("advantage", [GroupBaseline(), LeaveOneOut(), GRPO, BatchBaseline(), OptimalBaseline(), PrefixMatch(), Whiten()], ids=repr)
def test_a_shift_of_all_rewards_changes_nothing(advantage: Advantage) -> None:
    case = CreditCase(2)
    before = credit(credit_batch(case), advantage)
    case.rewards = [None if r is None else r + 5.0 for r in case.rewards]
    torch.testing.assert_close(credit(credit_batch(case), advantage), before, atol=1e-5, rtol=1e-5)


def _expected(case: Case, per_rollout: list[float]) -> torch.Tensor:
    batch = batch_of(case)
    return torch.where(batch.mask_BT, torch.tensor(per_rollout, dtype=torch.float32)[:, None], 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_oracles(seed: int) -> None:
    case = Case(seed)
    batch = batch_of(case)
    torch.testing.assert_close(credit(batch, GRPO), _expected(case, case.per_group(grpo_advantages)))
    torch.testing.assert_close(credit(batch, GroupBaseline()), _expected(case, case.per_group(lambda rs: [r - mean(rs) for r in rs])))
    torch.testing.assert_close(credit(batch, LeaveOneOut()), _expected(case, case.per_group(leave_one_out_advantages)))
    scored = [r for r in case.rewards if r is not None]
    torch.testing.assert_close(credit(batch, BatchBaseline()), _expected(case, [0.0 if r is None else r - mean(scored) for r in case.rewards]))
    torch.testing.assert_close(credit(batch, Chain()), _expected(case, [0.0 if r is None else r for r in case.rewards]))


def test_grpo_advantages_have_zero_sum_and_unit_deviation() -> None:
    case = Case(3)
    case.lengths = [5] * len(case.lengths)
    case.rewards = [0.0, 1.0, 1.0, 0.0, 0.3, 0.1, 0.9, 0.4, 1.0, 0.0, 0.5, 0.2]
    credit_BT = credit(batch_of(case), GRPO)
    for start, size in ((0, 4), (4, 4), (8, 3)):
        own = credit_BT[start : start + size, 0].double()
        assert own.sum().abs() < 1e-5 and own.std() == pytest.approx(1.0, abs=1e-4)


def test_population_deviation_is_a_choice() -> None:
    case = Case(3)
    case.rewards = [0.0, 1.0, 1.0, 0.0] + [0.1] * 4 + [1.0, 0.0, 0.5, 0.2]
    sample, population = (credit(batch_of(case), Chain((GroupBaseline(), GroupScale(ddof=d))))[0, 0].item() for d in (1, 0))
    assert population / sample == pytest.approx((4 / 3) ** 0.5, rel=1e-4)

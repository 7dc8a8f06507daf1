"""What the learner prepares for losses that need more: whole groups, the whole update, start values, group sizes. Through a real model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
import torch

from menolab.advantages.advantage import Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.losses.aggregation import GroupTokenMean
from menolab.losses.anchor import ReferencePolicy
from menolab.losses.bellman_residual import BellmanResidual
from menolab.losses.clip_cov import ClipCov
from menolab.losses.discriminative import Discriminative
from menolab.losses.group_variance import GroupVariance
from menolab.losses.kl_cov import KLCov
from menolab.losses.loss import Loss, LossInputs, LossOutputs
from menolab.losses.mirror_descent import MirrorDescent
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.sequence_ratio import SequenceRatio
from menolab.models.policy import Policy
from menolab.models.scoring import score
from menolab.pieces import all_needs
from menolab.records import Batch
from menolab.rewards.judge import judge
from menolab.samplers.independent import Independent
from menolab.stages.collate import collate
from menolab.stages.learner import Learner, adamw, frozen_copy, minibatches
from tiny import tiny_setup

KEY = Key.root(0)
DECODING = Decoding(max_tokens=12, temperature=0.9)
LOSSES: list[Loss] = [
    GroupVariance(0.5),
    GroupVariance(0.5, ReferencePolicy()),
    MirrorDescent(),
    Discriminative(delta=0.0),
    Discriminative("ratio", 1.0, 0.1),
    BellmanResidual(0.5),
    PolicyLoss(SequenceRatio(), aggregate=GroupTokenMean()),
    PolicyLoss(penalty=KLCov(0.2), correction=ClipCov(0.2, 0.0, 9.0)),
]


def _policy(scale: float = 1.0) -> Policy:
    policy = tiny_setup().base(KEY)
    with torch.no_grad():
        for p in policy.model.parameters():
            p.mul_(scale)
    return policy


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Sampled by a policy near the one that learns, with made-up rewards; one group is all equal, one rollout is unscorable."""
    task = tiny_setup().task
    problems = [task(KEY.fold(i)) for i in range(6)]
    groups = judge(Independent(4)(TorchEngine(_policy(1.02)), problems, DECODING, KEY.fold("rollouts")), task, (), (), 0.0)

    def reward(i: int, j: int) -> float | None:
        return None if (i, j) == (3, 1) else float(i == 2 or (i + j) % 3 == 0)

    rewarded = [g.with_rollouts(tuple(replace(r, reward=reward(i, j)) for j, r in enumerate(g.rollouts))) for i, g in enumerate(groups)]
    return collate(rewarded, 12)


def _credit(loss: Loss, batch: Batch) -> torch.Tensor:
    return credit(batch, Chain() if isinstance(loss, BellmanResidual) else Chain((GroupBaseline(),)))


def _learner(loss: Loss, micro_tokens: int) -> Learner:
    policy = _policy()
    reference = frozen_copy(_policy(1.05)) if "reference_logprobs" in all_needs(loss) else None
    return Learner(policy, adamw(policy, (0.9, 0.95), 0.0), loss, DECODING, 1e9, micro_tokens, reference)


def _gradient(learner: Learner, batch: Batch) -> tuple[dict[str, float], torch.Tensor]:
    metrics = learner.update(batch, _credit(learner.loss, batch), lr=0.0)
    return metrics, torch.cat([p.grad.flatten() for p in learner.policy.model.parameters() if p.grad is not None])


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_micro_batches_and_order_change_nothing(batch: Batch, loss: Loss) -> None:
    whole, whole_gradient = _gradient(_learner(loss, 10**6), batch)
    assert whole_gradient.norm() > 1e-4
    for micro_tokens in (1, 150):
        cut, cut_gradient = _gradient(_learner(loss, micro_tokens), batch)
        assert cut == pytest.approx(whole, rel=2e-4, abs=1e-5)
        torch.testing.assert_close(cut_gradient, whole_gradient, atol=2e-5 * float(whole_gradient.abs().max()) + 1e-6, rtol=1e-3)


@dataclass(frozen=True)
class Watching(Loss):
    """Keeps what it is given (a test's own loss: it may)."""

    groups: bool = False
    needs = frozenset({"whole_update", "normalisers"})

    @property
    def whole_groups(self) -> bool:
        return self.groups

    def __call__(self, inputs: LossInputs) -> LossOutputs:
        SEEN.append(inputs)
        return LossOutputs(inputs.logprobs_BT.sum() * 0.0, {})


SEEN: list[LossInputs] = []


@pytest.mark.parametrize("groups", [False, True])
def test_every_micro_batch_sees_the_whole_update_and_its_own_place_in_it(batch: Batch, groups: bool) -> None:
    SEEN.clear()
    learner = _learner(Watching(groups), 60)
    credit_BT = _credit(Watching(), batch)
    learner.update(batch, credit_BT, 0.0)
    assert len(SEEN) > 3
    with torch.no_grad():
        expected_BT = score(learner.policy, batch.prompts, batch.tokens_BT, batch.mask_BT, DECODING).logprobs_BT
    for inputs in SEEN:
        whole, row_B, T = inputs.whole, inputs.row_B, inputs.mask_BT.shape[1]
        assert whole is not None and row_B is not None and not whole.logprobs_BT.requires_grad and inputs.logprobs_BT.requires_grad
        torch.testing.assert_close(whole.logprobs_BT, expected_BT, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(whole.credit_BT[:, : credit_BT.shape[1]], credit_BT)
        assert torch.equal(whole.mask_BT, batch.mask_BT) and torch.equal(whole.group_B, batch.group_B)
        torch.testing.assert_close(whole.logprobs_BT[row_B, :T], inputs.logprobs_BT.detach(), atol=1e-5, rtol=1e-5)
        assert torch.equal(batch.group_B[row_B], inputs.group_B)
        assert inputs.group_tokens_B.tolist() == [int(batch.mask_BT[batch.group_B == g].sum()) for g in inputs.group_B.tolist()]
        measured = -float(batch.logprobs_BT[batch.mask_BT].double().mean())
        assert inputs.sampled_entropy == pytest.approx(measured)
        if groups:
            assert all((batch.group_B == g).sum() == (inputs.group_B == g).sum() for g in inputs.group_B.tolist())
    assert sorted(i for inputs in SEEN if inputs.row_B is not None for i in inputs.row_B.tolist()) == list(range(24))


def test_groups_share_a_micro_batch_while_they_fit(batch: Batch) -> None:
    counts = []
    for micro_tokens in (1, 10**6):
        SEEN.clear()
        _learner(Watching(groups=True), micro_tokens).update(batch, _credit(Watching(), batch), 0.0)
        counts.append(len(SEEN))
    assert counts == [6, 1]


def test_start_normalisers_reach_the_loss(batch: Batch) -> None:
    SEEN.clear()
    _learner(Watching(), 60).update(batch, _credit(Watching(), batch), 0.0)
    policy = _policy()
    for inputs in SEEN:
        assert inputs.normaliser_B is not None and inputs.normaliser_B.requires_grad and inputs.row_B is not None
        for b, found in zip(inputs.row_B.tolist(), inputs.normaliser_B.tolist(), strict=True):
            logits = policy.plain(torch.tensor([batch.prompts[b]])).logits[0, -1].detach()
            assert found == pytest.approx(float((logits / 0.9).logsumexp(0)), abs=1e-4)


def test_with_normalisers_log_pi_is_logit_minus_value(batch: Batch) -> None:
    """The telescoping of TBRM: V(s_1) + log pi(y_1) is the first token's logit over the temperature."""
    policy = _policy()
    with torch.no_grad():
        stats = score(policy, batch.prompts, batch.tokens_BT, batch.mask_BT, DECODING, normalisers=True)
        start_B, first_B = stats.normaliser_B, stats.logprobs_BT[:, 0]
        assert start_B is not None
        for b, prompt in enumerate(batch.prompts):
            logit = policy.plain(torch.tensor([prompt])).logits[0, -1, batch.tokens_BT[b, 0]]
            assert float(start_B[b] + first_B[b]) == pytest.approx(float(logit) / 0.9, abs=1e-4)


def test_minibatches_keep_groups_whole_where_the_loss_asks(batch: Batch) -> None:
    credit_BT = _credit(Watching(), batch)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(3))
    parts = minibatches(batch, credit_BT, 4, order, whole_groups=True)
    assert sum(part.totals.rollouts for part, _ in parts) == 24 and sum(part.totals.groups for part, _ in parts) == 6
    for part, part_credit_BT in parts:
        assert part.totals.rollouts == 4 * part.totals.groups and part_credit_BT.shape == part.mask_BT.shape
    seen: Mapping[int, int] = {int(g): k for k, (part, _) in enumerate(parts) for g in part.group_B}
    assert list(seen) != sorted(seen), "groups follow the drawn order, not their numbers"
    assert len(minibatches(batch, credit_BT, 9, order, whole_groups=True)) == 6
